// Who is logged in, as the pages know it. The tokens themselves are in api/tokens.ts and never in this state.
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";

export interface Who {
  id: string;
  username: string;
  role: string;
  permissions: readonly string[];
}

export interface SessionState {
  who: Who | null;
  /** True when the session ended by itself: the login page says so. */
  ended: boolean;
}

const slice = createSlice({
  name: "session",
  initialState: { who: null, ended: false } as SessionState,
  reducers: {
    began: (_, action: PayloadAction<Who>): SessionState => ({ who: action.payload, ended: false }),
    ended: (state, action: PayloadAction<{ byItself: boolean }>): SessionState => ({
      who: null,
      ended: action.payload.byItself && state.who !== null,
    }),
  },
});

export const { began: sessionBegan, ended: sessionEnded } = slice.actions;
export const session = slice.reducer;

export type Permission = "read" | "trade" | "pairs" | "risk" | "settings" | "users" | "audit";
export const may = (state: SessionState, permission: Permission): boolean =>
  state.who?.permissions.includes(permission) ?? false;
