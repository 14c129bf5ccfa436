/**
 * Say in words how far something is: saved on this tablet, delivered to the server, or not saved.
 *
 * Saved is what lies on the tablet's disk, in both copies. Delivered is what a verified receipt names.
 */

/** @typedef {import("baqylau/tablet/page.js").Page} Page */

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
  if (waiting?.code) return { text: `${words.say("refused")} ${refusal(page, waiting.code)}`, isBad: true };
  if (waiting?.isKeeping) return { text: words.say("saving"), isBad: false };
  if (waiting && !waiting.isKept) return { text: words.say("unsaved_unkept"), isBad: true };
  if (waiting) return { text: words.say("saved", { time: words.seconds(waiting.savedAt) }), isBad: false };
  const heads = recording.headsOf(key);
  const last = heads.at(-1);
  if (!last?.received_at || heads.length > 1) return { text: "", isBad: false };
  const author = last.author ?? me.id;
  const time = words.clock(last.received_at);
  if (author === me.id) return { text: words.say("delivered", { time }), isBad: false };
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
export function barWords({ words, sync, recording, me, lastSaved }) {
  if (!me.records) return { text: "", isBad: false };
  const { here, delivered, onTheWay } = sync.counts();
  const { unsaved } = recording.tally.all();
  if (unsaved > 0) return { text: words.say("bar_unsaved", { number: unsaved }), isBad: true };
  if (onTheWay > 0) return { text: words.say("bar_on_the_way", { number: onTheWay }), isBad: false };
  if (here > 0) return { text: words.say("bar_here", { number: here }), isBad: false };
  if (delivered > 0 && lastSaved) return { text: words.say("bar_delivered", { time: words.clock(lastSaved) }), isBad: false };
  return { text: delivered > 0 ? words.say("bar_all_delivered") : words.say("bar_nothing"), isBad: false };
}

/**
 * Return what stands over the page while something is in the way; null when nothing is. Being without a network is the
 * usual state in an institution: the bar says it, no banner does.
 * @param {Page} page
 * @returns {{title: string, text: string, address: string, link: string, tone: string} | null}
 */
export function banner({ words, sync, addresses, me }) {
  if (!me.records) return null;
  const none = { address: "", link: "", tone: "partly" };
  if (sync.unkept() > 0) return { ...none, title: words.say("unkept"), text: words.say("unkept_text"), tone: "bad" };
  if (sync.failure === "signed_out" || sync.failure === "other_person") {
    const title = words.say(`banner_${sync.failure}`);
    const text = words.say("banner_sign_in_text");
    return { title, text, address: addresses.signIn, link: words.say("sign_in"), tone: "partly" };
  }
  if (sync.failure && !["token", "network"].includes(sync.failure)) {
    return { ...none, title: words.say(`failure_${sync.failure}`), text: words.say("banner_kept") };
  }
  if (sync.isApart) return { ...none, title: words.say("kept_apart"), text: words.say("kept_apart_text") };
  if (sync.isClockAhead) return { ...none, title: words.say("clock_ahead"), text: words.say("clock_ahead_text") };
  return null;
}
