// The page around the chat: opens and closes the panel, hands over what is typed.

import { Chat } from "./chat.js";
import { words } from "./words.js";

const LIMIT = 2000;
const part = (name) => document.querySelector(`[data-part="${name}"]`);

const panel = part("panel");
const launcher = part("launcher");
const form = part("composer");
const input = part("input");
const counter = part("counter");

const chat = new Chat({
  log: part("log"),
  typing: part("typing"),
  banner: part("banner"),
  signOut: part("sign-out"),
  intro: part("intro"),
});

const narrow = matchMedia("(max-width: 40rem)");
const touch = matchMedia("(pointer: coarse)");

function show(open) {
  panel.hidden = !open;
  launcher.setAttribute("aria-expanded", String(open));
  document.documentElement.classList.toggle("chat-open", open);
  cover();
  // On a phone the focus would bring up the keyboard, which hides the conversation.
  if (!open) launcher.focus({ preventScroll: true });
  else if (!touch.matches) input.focus({ preventScroll: true });
}

/** On a small screen the panel covers the page, so nothing behind it can be reached. */
function cover() {
  const covered = narrow.matches && !panel.hidden;
  document.querySelectorAll(".top, main, .bottom, .launcher").forEach((one) => (one.inert = covered));
}

function fit() {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, 140)}px`;
  const left = LIMIT - input.value.length;
  counter.textContent = left < 200 ? String(left) : "";
}

function submit() {
  // Characters that no keyboard makes come along when one pastes; the server would refuse them.
  const text = input.value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\p{Surrogate}/gu, "").trim();
  if (!text) return;
  input.value = "";
  fit();
  chat.send(text);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
  input.focus();
});
narrow.addEventListener("change", cover);
input.addEventListener("input", fit);
input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
panel.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
part("close").addEventListener("click", () => show(false));
document.querySelectorAll("[data-opens-chat]").forEach((one) => one.addEventListener("click", () => show(true)));
document.querySelectorAll("[data-says]").forEach((one) =>
  one.addEventListener("click", () => {
    show(true);
    chat.send(one.dataset.says);
  }),
);

part("typing").querySelector(".visually-hidden").textContent = words.typing;
show(true);
chat.start(panel.dataset.identity);
