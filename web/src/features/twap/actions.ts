import type { TwapAction } from "@/api/twap";
import type { TwapPlan } from "@/api/types";

interface Actions {
  controls: readonly TwapAction[];
  /** Only what never began or is over may be removed. */
  removable: boolean;
  /** Terms are only changed while nothing is sent. */
  editable: boolean;
}

const OF: Readonly<Record<TwapPlan["state"], Actions>> = {
  created: { controls: ["start", "cancel"], removable: true, editable: true },
  running: { controls: ["pause", "cancel"], removable: false, editable: false },
  paused: { controls: ["resume", "cancel"], removable: false, editable: true },
  completed: { controls: [], removable: true, editable: false },
  cancelled: { controls: [], removable: true, editable: false },
  failed: { controls: [], removable: true, editable: false },
};

export const actionsOf = (state: TwapPlan["state"]): Actions => OF[state];
