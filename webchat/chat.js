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
  #token = null; // of the conversation on the screen
  #signedIn = false; // whether somebody was, since it is there
  #out = new Outgoing({
    line: (element) => this.#append(element),
    sent: (body) => this.#sent(body),
    changed: () => this.#showTyping(),
    ended: (token) => this.#leave(token),
  });
  #press = (button) => this.#out.send(String(button.title), String(button.payload));

  /** @param {{log, typing, banner, signOut, intro}} parts elements of the panel */
  constructor(parts) {
    this.#parts = parts;
    parts.signOut.addEventListener("click", () => this.#signOut());
    session.onChange(() => session.token && session.token !== this.#token && this.#open());
  }

  /** Take up this browser's conversation, or begin one; an identity token signs in. */
  async start(identity) {
    this.#watchReadiness();
    const begun = this.#begin(identity).then(() => this.#open());
    this.#out.waitFor(begun); // what is said meanwhile belongs to the session that this finds
    await begun;
  }

  /** Send what was typed. */
  send(text) {
    this.#out.send(text);
  }

  async #begin(identity) {
    // A session of its own comes first: by it one can ask again for what an identity token brought.
    if (!session.token) await this.#replace(null);
    if (!identity) return;
    try {
      session.token = (await this.#untilReached(() => call("POST", "/api/session", { identity }))).token;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // The page came from a cache: its identity token is used, and what it brought is still there.
    }
  }

  #replace(token) {
    return this.#untilReached(() => session.replace(token));
  }

  /** A token opens nothing any more: take up what this browser has instead, or begin anew. */
  async #leave(token) {
    const reason = this.#signedIn ? words.signedOut : words.sessionEnded;
    await session.changed(token);
    if (session.token === token) await this.#restart(token, reason);
    else if (session.token !== this.#token) await this.#open();
  }

  async #restart(token, reason) {
    this.#stream?.stop();
    await this.#replace(token);
    await this.#open(reason);
  }

  async #open(reason) {
    this.#stream?.stop();
    const turn = (this.#opened += 1);
    const history = await this.#history();
    if (turn !== this.#opened) return; // opened again meanwhile
    this.#known.clear();
    this.#parts.log.replaceChildren();
    history.lines.forEach((line) => (line.from === "user" ? this.#showUser(line) : this.#showBot(line)));
    if (reason) this.#append(pageLine(reason));
    const said = new Set(history.lines.map((line) => line.id));
    const held = this.#out.held.filter(([id]) => !said.has(id));
    held.forEach(([, element]) => this.#append(element));
    this.#parts.intro.hidden = this.#parts.log.children.length > 0;
    this.#signedIn = false;
    this.#showSignedIn(history.signed_in);
    this.#scroll(true);
    const after = Math.max(0, ...history.lines.filter((line) => line.from === "bot").map((line) => line.seq));
    const token = this.#token;
    this.#stream = new EventStream(token, after, {
      event: (name, data) => this.#event(name, data),
      connected: (yes) => this.#showConnection(yes),
      refused: () => this.#moved(token),
    });
  }

  async #history() {
    const ask = () => this.#untilReached(() => call("GET", "/api/history", undefined, this.#token));
    this.#token = session.token;
    try {
      return await ask();
    } catch {
      await this.#replace(this.#token);
      this.#token = session.token;
      return ask();
    }
  }

  async #event(name, data) {
    if (name === "answer") this.#answer(data);
    else if (name === "typing") this.#serverTypes = data.on;
    else if (name === "session") this.#showSignedIn(data.signed_in);
    else if (name === "conversation") await this.#moved(this.#token);
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

  async #moved(token) {
    await this.#out.settled; // our own message may have signed in, and brings the new token
    await this.#leave(token);
  }

  async #signOut() {
    const token = this.#token;
    this.#parts.signOut.disabled = true;
    try {
      await call("DELETE", "/api/session");
      // What was said stays with the customer: this screen may be somebody else's next.
      await this.#restart(token, words.signedOut);
    } catch (error) {
      if (error instanceof Unreachable) this.#showConnection(false);
      else await this.#restart(token, words.signedOut);
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
    this.#signedIn ||= yes;
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
