// The chat: one conversation in one panel. It joins session, stream, lines and what is typed.

import { Refused, Unreachable, call, pause, session } from "./api.js";
import { botLine, pageLine, UserLine } from "./lines.js";
import { Outgoing } from "./outgoing.js";
import { EventStream } from "./stream.js";
import { words } from "./words.js";

/** The conversation inside an element that has the parts of index.html. */
export class Chat {
  #parts;
  #stream = null;
  #known = new Set();
  #messages = new Set();
  #answered = new Set();
  #serverTypes = false;
  #awaited = null; // a message that was taken in, until the stream tells more
  #opened = 0;
  #out = new Outgoing({
    line: (element) => this.#append(element),
    sent: (body) => this.#sent(body),
    changed: () => this.#showTyping(),
    ended: () => this.#restart(words.sessionEnded),
  });
  #press = (button) => this.#out.send(String(button.title), String(button.payload));

  /** @param {{log, typing, banner, signOut, intro}} parts elements of the panel */
  constructor(parts) {
    this.#parts = parts;
    parts.signOut.addEventListener("click", () => this.#signOut());
    session.onChange(() => session.token && this.#open());
  }

  /** Take up this browser's conversation, or begin one; an identity token signs in. */
  async start(identity) {
    this.#watchReadiness();
    if (identity || !session.token) await this.#begin(identity);
    await this.#open();
  }

  /** Send what was typed. */
  send(text) {
    this.#out.send(text);
  }

  async #begin(identity) {
    const body = identity ? { identity } : {};
    const found = await this.#untilReached(() => call("POST", "/api/session", body)).catch(async (error) => {
      if (!(error instanceof Refused)) throw error;
      session.token = null; // a token of an older time, or a used identity
      return this.#untilReached(() => call("POST", "/api/session", {}));
    });
    session.token = found.token;
  }

  async #restart(reason) {
    this.#stream?.stop();
    session.token = null;
    await this.#begin();
    await this.#open();
    this.#append(pageLine(reason));
  }

  async #open() {
    this.#stream?.stop();
    const turn = (this.#opened += 1);
    let history;
    try {
      history = await this.#untilReached(() => call("GET", "/api/history"));
    } catch {
      session.token = null;
      await this.#begin();
      history = await this.#untilReached(() => call("GET", "/api/history"));
    }
    if (turn !== this.#opened) return; // opened again meanwhile
    this.#known.clear();
    this.#parts.log.replaceChildren();
    history.lines.forEach((line) => (line.from === "user" ? this.#showUser(line) : this.#showBot(line)));
    this.#parts.intro.hidden = history.lines.length > 0;
    this.#showSignedIn(history.signed_in);
    this.#scroll(true);
    const after = Math.max(0, ...history.lines.filter((line) => line.from === "bot").map((line) => line.seq));
    this.#stream = new EventStream(after, {
      event: (name, data) => this.#event(name, data),
      connected: (yes) => this.#showConnection(yes),
      refused: () => this.#moved(),
    });
  }

  async #event(name, data) {
    if (name === "answer") this.#answer(data);
    else if (name === "typing") this.#serverTypes = data.on;
    else if (name === "session") this.#showSignedIn(data.signed_in);
    else if (name === "conversation") await this.#moved();
    this.#showTyping();
    // Another tab of this browser spoke: its words are in the history.
    const foreign = name === "answer" && !this.#messages.has(data.message) && !this.#out.busy;
    if (foreign) await this.#open();
  }

  async #sent(body) {
    this.#messages.add(body.seq);
    if (!this.#answered.has(body.seq)) {
      this.#awaited = body.seq;
      setTimeout(() => this.#noLongerAwait(body.seq), 1000);
    }
    if (body.token) {
      session.token = body.token;
      await this.#open();
    }
  }

  #answer(answer) {
    this.#showBot(answer);
    if (answer.kind === "notice") return;
    this.#answered.add(answer.message);
    this.#noLongerAwait(answer.message);
  }

  #noLongerAwait(message) {
    if (this.#awaited !== message) return;
    this.#awaited = null;
    this.#showTyping();
  }

  async #moved() {
    const before = session.token;
    await this.#out.settled; // our own message may have moved it, and brings the new token
    if (session.token === before) await this.#restart(words.sessionEnded);
  }

  async #signOut() {
    this.#parts.signOut.disabled = true;
    try {
      await call("DELETE", "/api/session");
      // What was said stays with the customer: this screen may be somebody else's next.
      await this.#restart(words.signedOut);
    } catch (error) {
      if (error instanceof Unreachable) this.#showConnection(false);
      else await this.#restart(words.signedOut);
    } finally {
      this.#parts.signOut.disabled = false;
    }
  }

  async #watchReadiness() {
    for (;;) {
      const state = await call("GET", "/health/ready").catch(() => null);
      this.#parts.log.dataset.ready = String(state?.status === "ready");
      this.#banner("starting", state !== null && state.status !== "ready");
      if (state?.status === "ready") return;
      await pause(1000);
    }
  }

  async #untilReached(request) {
    for (let wait = 500; ; wait = Math.min(wait * 2, 8000)) {
      try {
        const found = await request();
        this.#showConnection(true);
        return found;
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        this.#showConnection(false);
        await pause(wait);
      }
    }
  }

  #showUser(line) {
    this.#messages.add(line.seq);
    this.#append(new UserLine(line.text).element);
  }

  #showBot(answer) {
    if (this.#known.has(answer.id)) return;
    this.#known.add(answer.id);
    const line = botLine(answer, this.#press);
    if (line) this.#append(line);
  }

  #append(element) {
    const { log, intro } = this.#parts;
    const atEnd = log.parentElement.scrollHeight - log.parentElement.scrollTop - log.parentElement.clientHeight < 120;
    intro.hidden = true;
    log.append(element);
    this.#scroll(atEnd || element.classList.contains("user"));
  }

  #scroll(wanted) {
    const scroller = this.#parts.log.parentElement;
    if (wanted) scroller.scrollTop = scroller.scrollHeight;
  }

  #showTyping() {
    this.#parts.typing.hidden = !(this.#serverTypes || this.#out.busy || this.#awaited !== null);
    this.#scroll(!this.#parts.typing.hidden);
  }

  #showSignedIn(yes) {
    this.#parts.signOut.hidden = !yes;
  }

  #showConnection(yes) {
    this.#banner("reconnecting", !yes);
  }

  #banner(state, shown) {
    const { banner } = this.#parts;
    if (shown) {
      banner.dataset.state = state;
      banner.textContent = words[state];
    } else if (banner.dataset.state === state) {
      banner.dataset.state = "";
      banner.textContent = "";
    }
  }
}
