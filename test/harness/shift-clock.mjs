/** Preloaded into a process (`node --import`), sets its clock wrong by `CLOCK_OFFSET_MS`. */
const offset = Number(process.env.CLOCK_OFFSET_MS);
const RightDate = globalThis.Date;

globalThis.Date = class extends RightDate {
  constructor(...parts) {
    if (parts.length === 0) super(RightDate.now() + offset);
    else super(...parts);
  }

  static now() {
    return RightDate.now() + offset;
  }
};
