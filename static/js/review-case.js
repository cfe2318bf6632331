/** The page of a case: what was seen is reported, words are kept, and the claim is watched. */

import "./elements/light-table.js";
import "./elements/light-pair.js";
import { keepWords } from "./desk/kept-words.js";
import { listenToKeys } from "./desk/keys.js";
import { watchLease } from "./desk/lease-watch.js";
import { dealPhotos } from "./desk/photo-deck.js";
import { watchSeen } from "./desk/seen.js";

const lease = document.querySelector("[data-lease]");
if (lease) watchLease(lease);
keepWords();
watchSeen();
dealPhotos();
listenToKeys();
