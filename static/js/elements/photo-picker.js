/**
 * Real file inputs, with their labels, that hand over bytes.
 *
 *     <photo-picker template="photo-picker-template" places="2"> plain form for a page without scripts </photo-picker>
 *     <photo-picker><label> … <input type="file" accept="image/*"></label></photo-picker>
 *
 * Attributes: `template` (id of the template that takes the place of the content), `places` (photos that still fit),
 * `disabled`, `max-bytes` of one file. While files are read it has `busy`.
 * Events, all bubbling: `photo-chosen` {bytes, type, name} for each file; `photo-unreadable` {code, name} with the code
 * unreadable, empty or too_large; `photo-left-over` {chosen, taken} after them, where more were chosen than fit;
 * `photo-picking` when the camera or album opens, `photo-picked` when it has closed.
 */

const MAX_BYTES = 64 * 1024 * 1024;

/** @typedef {"android" | "apple" | "other"} Platform */

/**
 * @param {string} agent
 * @returns {Platform}
 */
export function platformOf(agent) {
  if (/Android|HarmonyOS|OpenHarmony/.test(agent)) return "android";
  return /iPhone|iPad|iPod|Macintosh/.test(agent) ? "apple" : "other";
}

/**
 * Android's in-app browsers show no pictures for a list of types; Apple converts to the first type of one.
 * @param {Platform} platform
 */
const acceptFor = (platform) => (platform === "apple" ? "image/jpeg,image/png" : "image/*");

export class PhotoPicker extends HTMLElement {
  static get observedAttributes() {
    return ["places", "disabled"];
  }

  connectedCallback() {
    this._fill();
    this._fit();
    this.addEventListener("change", this._onChange);
    this.addEventListener("click", this._onClick);
    this.addEventListener("cancel", this._onCancel);
  }

  disconnectedCallback() {
    this.removeEventListener("change", this._onChange);
    this.removeEventListener("click", this._onClick);
    this.removeEventListener("cancel", this._onCancel);
  }

  attributeChangedCallback() {
    if (this.isConnected) this._fit();
  }

  /** @private */
  _fill() {
    const id = this.getAttribute("template");
    const template = id && document.getElementById(id);
    if (template instanceof HTMLTemplateElement) {
      this.replaceChildren(template.content.cloneNode(true));
      this.removeAttribute("template");
    }
  }

  /** @private */
  _inputs() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll("input[type=file]"));
  }

  /** @private */
  _fit() {
    const platform = platformOf(navigator.userAgent);
    const several = Number(this.getAttribute("places") ?? 1) > 1;
    for (const input of this._inputs()) {
      input.accept = acceptFor(platform);
      // With it, WeChat on Android offers the file manager only, and drops files.
      input.multiple = several && platform !== "android" && !input.hasAttribute("capture");
      input.disabled = this.hasAttribute("disabled");
    }
  }

  /**
   * @private
   * @param {string} name
   * @param {object} [detail]
   */
  _say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  /**
   * @private
   * @param {Event} event
   */
  _onClick(event) {
    if (event.target instanceof HTMLInputElement) this._say("photo-picking");
  }

  /** @private */
  _onCancel() {
    this._say("photo-picked");
  }

  /**
   * @private
   * @param {Event} event
   */
  async _onChange(event) {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !input.files) return;
    this._say("photo-picked");
    this.setAttribute("busy", "");
    const limit = Number(this.getAttribute("max-bytes") ?? MAX_BYTES);
    const places = Number(this.getAttribute("places") ?? 1);
    // All reads begin here and now: what Android hands out is gone a moment later. (Response, because the phones we
    // serve do not all have Blob.arrayBuffer.)
    const chosen = input.files.length;
    const files = [...input.files].slice(0, places);
    const reads = await Promise.all(
      files.map((file) => (file.size > limit ? null : new Response(file).arrayBuffer().catch(() => null))),
    );
    // All are handed over in one go: the first may take this picker out of its place, and then nobody hears it.
    for (const [index, file] of files.entries()) {
      const read = reads[index];
      if (read && read.byteLength > 0) {
        this._say("photo-chosen", { bytes: read, type: file.type, name: file.name });
      } else {
        const code = read ? "empty" : file.size > limit ? "too_large" : "unreadable";
        this._say("photo-unreadable", { code, name: file.name });
      }
    }
    if (chosen > files.length) this._say("photo-left-over", { chosen, taken: files.length });
    // So that choosing the same file again is a change again.
    input.value = "";
    this.removeAttribute("busy");
  }
}

customElements.define("photo-picker", PhotoPicker);
