/** The page's function without its warm-up: what the first photo after a page's load costs. */

export { compress } from "../shrink_module.js";
