import { App } from "antd";
import { faultText } from "@/api/faults";
import { useLocale } from "@/shared/i18n/locale";

/** Says how an act went; true when it went well. */
export function useSay(): (answer: { error?: unknown }, well?: string) => boolean {
  const locale = useLocale();
  const { message } = App.useApp();
  return ({ error }, well) => {
    if (error !== undefined) void message.error(faultText(error, locale), 8);
    else if (well !== undefined) void message.success(well);
    return error === undefined;
  };
}
