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

function show(open) {
  panel.hidden = !open;
  launcher.setAttribute("aria-expanded", String(open));
  document.documentElement.classList.toggle("chat-open", open);
  (open ? input : launcher).focus({ preventScroll: true });
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
