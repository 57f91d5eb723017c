// The contact form: a subject that nobody has touched follows the kind of message.
const form = document.querySelector("[data-contact]");
const subject = form.elements.subject;
const kinds = [...form.querySelectorAll("[data-subject]")];
const usual = new Set(kinds.map((kind) => kind.dataset.subject));

form.addEventListener("change", ({ target }) => {
  if (target.dataset.subject && usual.has(subject.value)) subject.value = target.dataset.subject;
});
