/** Ends a walk over a log: the first fault is the verdict. `What`: the closed list of what that log may have wrong. */
export class FaultAt<What extends string> extends Error {
  readonly index: number;
  readonly what: What;
  constructor(index: number, what: What) {
    super(what);
    this.index = index;
    this.what = what;
  }
}
