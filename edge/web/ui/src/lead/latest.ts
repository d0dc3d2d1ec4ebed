// Answers that come after the page has gone on, and those that are to come again.

import { useEffect, useRef, useState } from "preact/hooks";
import { call, Problem } from "../http";

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

const renewal = 5000; // ms

export interface Renewed<T> { got?: T; problem?: Problem; read: () => void }

// useRenewed reads a path while its page is open: what stands beside a live board is no
// older than it looks. Mark asks for it at once where it changes, read where the page has
// changed something. What a failed reading leaves there goes with another path alone.
export function useRenewed<T>(path: string, mark = ""): Renewed<T> {
  const [got, set] = useState<T | undefined>(undefined);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const latest = useLatest();
  const read = () =>
    latest(path, call<T>("GET", path),
      (r) => {
        setProblem(undefined);
        set(r);
      },
      setProblem);
  useEffect(() => {
    set(undefined);
    setProblem(undefined);
  }, [path]);
  useEffect(() => {
    read();
    const t = window.setInterval(read, renewal);
    return () => clearInterval(t);
  }, [path, mark]);
  return { got, problem, read };
}
