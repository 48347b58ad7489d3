// The parts of the store that pages read, and the hooks for them.
import { useDispatch, useSelector } from "react-redux";
import type { Appearance } from "./appearance";
import type { Feed } from "./feed";
import type { link } from "./link";
import { may, type Permission, type SessionState } from "./session";

export interface RootState {
  appearance: Appearance;
  session: SessionState;
  feed: Feed;
  link: ReturnType<typeof link>;
}

export const useRoot = useSelector.withTypes<RootState>();
export const useAct = useDispatch;
export const useMay = (permission: Permission): boolean => useRoot((state) => may(state.session, permission));
