// All words of the page that are not the bot's own (those live in domain.yml).

export const words = {
  starting: "The assistant is starting. It will be ready in a moment; you can already write.",
  reconnecting: "The connection is lost. Reconnecting…",
  typing: "Lina is typing",
  notSent: "Not sent yet; it will be tried again.",
  retry: "Try now",
  sessionEnded: "The last conversation has ended, so here is a new one.",
  signedOut: "You are signed out.",
  goodAnswer: "Good answer",
  badAnswer: "Bad answer",
  rateThis: "Rate this answer",
  reasonLabel: "What was wrong? (optional)",
  reasonSend: "Send",
  thanks: "Thank you.",
  ratingFailed: "The rating was not kept. Please try again.",
  image: "Image from the assistant",
  you: "You said:",
  bot: "Lina said:",
  errors: {
    too_long: "This message is too long. Please shorten it to 2,000 characters.",
    empty: "There is nothing to send yet.",
    bad_characters: "This message has characters that can't be sent. Please type it anew.",
    not_offered: "This button belongs to another conversation. Please write instead.",
    too_many_messages: "That was quick! Please wait a moment, then try again.",
    other: "This message could not be sent.",
  },
};
