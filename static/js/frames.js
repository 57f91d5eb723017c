// The drawing so far, on the card of a job: one whole picture after the other.
const shown = new Map(); // job id -> the frame that its card shows: its element, and its number
let taken = 0;

function canvasOf(card) {
  return card?.querySelector("[data-sketch]");
}

function place(card, { image }) {
  const canvas = canvasOf(card);
  if (canvas.contains(image)) return;
  canvas.removeAttribute("aria-hidden");
  canvas.classList.remove("sketching");
  canvas.replaceChildren(image);
  const count = Number(image.dataset.elements);
  card.querySelector("[data-shapes]").textContent = `${count} ${count === 1 ? "shape" : "shapes"}`;
}

/** Show a frame in place of the last one, once it can be painted. */
export async function sketch(card, { jobId, elements, svg }) {
  const number = ++taken;
  const image = new Image(512, 512);
  image.dataset.elements = elements;
  image.alt = `The drawing so far: ${card.querySelector(".job-prompt").textContent}`;
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  try {
    await image.decode();
  } catch {
    return; // the next one may do
  }
  const now = document.getElementById(card.id); // it may have come anew meanwhile
  if (!canvasOf(now) || shown.get(jobId)?.number > number) return;
  shown.set(jobId, { image, number });
  place(now, shown.get(jobId));
}

/** A card that came anew shows what the one before showed; a finished drawing comes in behind it. */
export async function keep(card) {
  const frame = shown.get(card.dataset.job);
  if (!frame) return;
  if (canvasOf(card)) return place(card, frame);
  shown.delete(card.dataset.job);
  const final = card.querySelector(".job-picture img");
  if (final) await replace(final, frame);
}

async function replace(final, { image }) {
  image.alt = "";
  final.after(image); // on top of it
  await final.decode().catch(() => {});
  image.remove();
}
