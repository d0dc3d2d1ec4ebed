// Answers that come after the page has gone on.

import { useEffect, useRef } from "preact/hooks";
import type { Problem } from "../http";

export type Latest = <T>(question: string, answer: Promise<T>, done: (r: T) => void, failed: (p: Problem) => void) => void;

// useLatest gives what waits for the answers of a list. One to another question than the
// last, one that a later asking of it has overtaken, and one that comes after its page
// was left are dropped.
export function useLatest(): Latest {
  const at = useRef({ question: "", asked: 0, shown: 0, left: false });
  useEffect(() => () => void (at.current.left = true), []);
  return (question, answer, done, failed) => {
    const now = at.current;
    const n = ++now.asked;
    now.question = question;
    const wanted = () => !now.left && now.question === question && n > now.shown && (now.shown = n) > 0;
    answer.then((r) => void (wanted() && done(r)), (e: Problem) => void (wanted() && failed(e)));
  };
}
