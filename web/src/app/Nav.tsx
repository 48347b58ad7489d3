import {
  ControlOutlined,
  DashboardOutlined,
  FieldTimeOutlined,
  FileTextOutlined,
  OrderedListOutlined,
  SafetyOutlined,
  SwapOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";
import { NavLink } from "react-router";
import { useLocale } from "@/shared/i18n/locale";
import type { Key } from "@/shared/i18n/translate";

const PAGES: readonly [path: string, name: Key, icon: ComponentType<{ "aria-hidden": boolean }>][] = [
  ["/", "nav.dashboard", DashboardOutlined],
  ["/arbitrage", "nav.arbitrage", SwapOutlined],
  ["/twap", "nav.twap", FieldTimeOutlined],
  ["/orders", "nav.orders", OrderedListOutlined],
  ["/risk", "nav.risk", SafetyOutlined],
  ["/log", "nav.log", FileTextOutlined],
  ["/settings", "nav.settings", ControlOutlined],
];

/** `chosen`: called when a page was picked. */
export function Nav({ chosen }: { chosen?: () => void }) {
  const { t } = useLocale();
  return (
    <nav aria-label={t("shell.pages")} className="nav">
      {PAGES.map(([path, name, Icon]) => (
        <NavLink key={path} to={path} end={path === "/"} onClick={chosen}>
          <Icon aria-hidden />
          <span>{t(name)}</span>
        </NavLink>
      ))}
    </nav>
  );
}
