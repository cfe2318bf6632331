/**
 * The server's word on photos that were announced and are still on their way, as far as another phone has them.
 *
 *     <section id="announced" data-photos="<uuid> <uuid>"> … <span data-pattern="{count} …">, and a form with
 *       `<input name="photo">` for each </section>
 */

/** @param {import("./outbox/outbox.js").Outbox} outbox */
export function watchAnnounced(outbox) {
  const section = document.getElementById("announced");
  if (!section) return;
  const open = new Set((section.dataset.photos ?? "").split(" "));

  async function look() {
    const here = new Set((await outbox.records()).map(({ id }) => id));
    const count = [...open].filter((id) => !here.has(id)).length;
    section?.toggleAttribute("hidden", count === 0);
    for (const node of section?.querySelectorAll("[data-pattern]") ?? []) {
      node.textContent = (node.getAttribute("data-pattern") ?? "").replace("{count}", String(count));
    }
    for (const input of section?.querySelectorAll("input") ?? []) {
      input.disabled = here.has(input.value) || !open.has(input.value);
    }
  }

  outbox.addEventListener("change", async (event) => {
    const { record } = /** @type {CustomEvent} */ (event).detail;
    if (record.state === "arrived") open.delete(record.id);
    await look();
  });
  outbox.addEventListener("gone", async (event) => {
    open.delete(/** @type {CustomEvent} */ (event).detail.id);
    await look();
  });
  look();
}
