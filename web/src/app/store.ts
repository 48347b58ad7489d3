import { configureStore } from "@reduxjs/toolkit";
import { api } from "@/api/base";
import { live } from "@/live/connect";
import { appearance, keepAppearance } from "@/state/appearance";
import { feed } from "@/state/feed";
import { link } from "@/state/link";
import { session } from "@/state/session";

export const store = configureStore({
  reducer: { appearance, session, feed, link, [api.reducerPath]: api.reducer },
  middleware: (standard) => standard({ immutableCheck: false, serializableCheck: false }).concat(api.middleware, live),
  devTools: false,
});

let kept = store.getState().appearance;
store.subscribe(() => {
  const now = store.getState().appearance;
  if (now !== kept) {
    kept = now;
    keepAppearance(now);
  }
});
