/**
 * Say in words whether something is saved. Saved is only what the server has acknowledged.
 */

/** @typedef {import("baqylau/tablet/record.js").Page} Page */

/**
 * Return what an item says about itself; "" when there is nothing to say.
 * @param {Page} page
 * @param {string} key
 * @param {boolean} isFlawed something typed cannot be recorded
 * @returns {{text: string, isBad: boolean}}
 */
export function savedWords(page, key, isFlawed) {
  const { words, sync, recording, me, people } = page;
  if (isFlawed) return { text: words.say("unsaved_flaw"), isBad: true };
  const waiting = sync.waitingOf(key);
  if (waiting?.code) return { text: `${words.say("unsaved")} ${refusal(page, waiting.code)}`, isBad: true };
  if (waiting && !waiting.isKept && !waiting.isKeeping) return { text: words.say("unsaved_unkept"), isBad: true };
  if (waiting && sync.failure) return { text: `${words.say("unsaved")} ${words.say(`failure_${sync.failure}`)}`, isBad: true };
  if (waiting) return { text: words.say("saving"), isBad: false };
  const heads = recording.headsOf(key);
  const last = heads.at(-1);
  if (!last?.received_at || heads.length > 1) return { text: "", isBad: false };
  const author = last.author ?? me.id;
  const time = words.clock(last.received_at);
  if (author === me.id) return { text: words.say("saved", { time }), isBad: false };
  return { text: words.say("saved_by", { time, name: people[author] ?? words.say("somebody") }), isBad: false };
}

/**
 * Say why the server refused a revision.
 * @param {Page} page
 * @param {string} code
 */
function refusal({ words }, code) {
  return words.say(code === "sync.unknown_item" ? "refused_unknown_item" : "refused_value", { code });
}

/**
 * Return what the bar says about the whole visit.
 * @param {Page} page
 * @returns {{text: string, isBad: boolean}}
 */
export function barWords({ words, sync, recording, lastSaved }) {
  const unsaved = Math.max(sync.count(), recording.tally.all().unsaved);
  if (unsaved > 0 && (sync.failure || recording.tally.all().unsaved > sync.count() || !sync.isAllKept())) {
    return { text: words.say("bar_unsaved", { number: unsaved }), isBad: true };
  }
  if (unsaved > 0) return { text: words.say("saving"), isBad: false };
  const text = lastSaved ? words.say("bar_saved", { time: words.clock(lastSaved) }) : words.say("bar_nothing");
  return { text, isBad: false };
}

/**
 * Return what stands over the page while something is in the way; null when nothing is.
 * @param {Page} page
 * @returns {{title: string, text: string, address: string, link: string, tone: string} | null}
 */
export function banner({ words, sync, addresses, isKeeping }) {
  const none = { address: "", link: "", tone: "partly" };
  if (!isKeeping) return { ...none, title: words.say("no_outbox"), text: words.say("no_outbox_text"), tone: "bad" };
  if (sync.failure === "signed_out" || sync.failure === "other_person") {
    const title = words.say(`banner_${sync.failure}`);
    const text = words.say("banner_sign_in_text");
    return { title, text, address: addresses.signIn, link: words.say("sign_in"), tone: "bad" };
  }
  if (sync.failure && sync.failure !== "token") {
    return { ...none, title: words.say(`failure_${sync.failure}`), text: words.say("banner_kept") };
  }
  if (sync.isClockAhead) return { ...none, title: words.say("clock_ahead"), text: words.say("clock_ahead_text") };
  return null;
}
