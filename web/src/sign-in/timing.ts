// When a session is renewed: before its access token ends, and only as long as somebody is there.

/** How long before its end an access token is replaced, in milliseconds. */
const EARLY = 60_000;
/** Tokens that live very short do not keep us busy. */
const SHORTEST = 5_000;
/** A little more than the half hour after which the server ends a session that nobody uses. */
const IDLE = 31 * 60_000;

/** How long an access token is used that lasts so long. */
export function renewAfter(lasts: number): number {
  return Math.max(lasts - EARLY, lasts / 2, SHORTEST);
}

/**
 * Calls `renew` once: after `delay` if somebody touched the page by then, else as soon as they do, so that a page that was left
 * open does not hold its session open; and after `IDLE` in any case, to learn whether the session is over. Returns what stops it.
 */
export function whenDue(delay: number, renew: () => void): () => void {
  const over = new AbortController();
  let isTouched = false;
  let isDue = false;
  const go = () => {
    over.abort();
    renew();
  };
  const touched = () => {
    isTouched = true;
    if (isDue) go();
  };
  const due = () => {
    isDue = true;
    if (isTouched) go();
  };
  const timers = [setTimeout(due, delay), setTimeout(go, IDLE)];
  for (const event of ["pointerdown", "keydown"]) {
    addEventListener(event, touched, { capture: true, passive: true, signal: over.signal });
  }
  over.signal.addEventListener("abort", () => timers.forEach(clearTimeout));
  return () => over.abort();
}
