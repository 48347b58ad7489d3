// Whether what the pages show is live.
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";

export type LinkState = "idle" | "connecting" | "live" | "lost";

interface Link {
  state: LinkState;
  /** When the connection was lost that has not come back yet, epoch ms; 0 while all is well. */
  lostSince: number;
  reason: string;
}

const slice = createSlice({
  name: "link",
  initialState: { state: "idle", lostSince: 0, reason: "" } as Link,
  reducers: {
    changed: (link, { payload }: PayloadAction<{ state: LinkState; now: number; reason: string }>): Link => {
      const { state, now, reason } = payload;
      if (state === "lost") return { state, lostSince: link.lostSince || now, reason: reason || link.reason };
      return state === "connecting" ? { ...link, state } : { state, lostSince: 0, reason: "" };
    },
  },
});

export const linkChanged = slice.actions.changed;
export const link = slice.reducer;
