// Messages on their way: one after another, each with one id for all its attempts.

import { Refused, Unreachable, call, pause, session, uuid } from "./api.js";
import { UserLine } from "./lines.js";
import { words } from "./words.js";

const PAUSES = [500, 1500, 4000];

/** Sends messages in order; what can't be sent yet is tried again until it is. */
export class Outgoing {
  #handlers;
  #last = Promise.resolve();
  #count = 0;
  #held = new Map();

  /**
   * @param {{line: function(Element), sent: function(object), changed: function(), ended: function(string)}} handlers
   *   `line` shows a line, `sent` gets the server's answer, `ended` gets a token that opens nothing any more
   *   and brings another session.
   */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  /** Whether something is not acknowledged yet. */
  get busy() {
    return this.#count > 0;
  }

  /** Resolves when all that was given up to now is sent, or has failed. */
  get settled() {
    return this.#last;
  }

  /** The lines that the server doesn't have yet, as pairs of message id and element. */
  get held() {
    return Array.from(this.#held, ([id, line]) => [id, line.element]);
  }

  /** Send nothing before a promise is settled. */
  waitFor(promise) {
    this.#last = Promise.allSettled([this.#last, promise]);
  }

  /** Send a text, or the payload of a pressed button, whose title people see. */
  send(shown, payload) {
    const line = new UserLine(shown, "sending");
    const message = { id: uuid(), ...(payload === undefined ? { text: shown } : { payload }) };
    this.#held.set(message.id, line);
    this.#handlers.line(line.element);
    this.#enqueue(line, message);
  }

  #enqueue(line, message) {
    this.#count += 1;
    this.#handlers.changed();
    this.#last = this.#last.then(() => this.#deliver(line, message)).finally(() => {
      this.#count -= 1;
      this.#handlers.changed();
    });
  }

  async #deliver(line, message) {
    line.state = "sending";
    // Another tab may change the session; an attempt that follows a lost answer is for where the first one went.
    let token = session.token;
    let renewed = false;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const body = await call("POST", "/api/messages", message, token);
        if (body.text) line.text = body.text;
        line.state = "sent";
        this.#held.delete(message.id);
        return await this.#handlers.sent(body);
      } catch (error) {
        if (error instanceof Unreachable) {
          await waitToRetry(line, attempt);
        } else if (error instanceof Refused && error.status === 401 && !renewed) {
          renewed = true;
          await this.#handlers.ended(token);
          token = session.token;
        } else {
          if (error.status !== 429) this.#held.delete(message.id);
          const again = error.status === 429 ? () => this.#enqueue(line, message) : undefined;
          return line.fail(words.errors[error.code] ?? words.errors.other, again);
        }
      }
    }
  }
}

/** Wait before another attempt; after some the user sees it, and may shorten the wait. */
function waitToRetry(line, attempt) {
  const waited = pause(PAUSES[Math.min(attempt, PAUSES.length - 1)]);
  if (attempt === 0) return waited;
  return Promise.race([waited, new Promise((now) => line.fail(words.notSent, now))]);
}
