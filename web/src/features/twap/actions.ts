import type { TwapAction } from "@/api/twap";
import type { TwapPlan } from "@/api/types";

interface Actions {
  controls: readonly TwapAction[];
  /** Only what never began or is over may be removed. */
  removable: boolean;
}

const OF: Readonly<Record<TwapPlan["state"], Actions>> = {
  created: { controls: ["start", "cancel"], removable: true },
  running: { controls: ["pause", "cancel"], removable: false },
  paused: { controls: ["resume", "cancel"], removable: false },
  completed: { controls: [], removable: true },
  cancelled: { controls: [], removable: true },
  failed: { controls: [], removable: true },
};

export const actionsOf = (state: TwapPlan["state"]): Actions => OF[state];
