// The frame of every page behind the login: header, navigation, what stops trading, whether it is live.
import { MenuOutlined } from "@ant-design/icons";
import { Alert, Button, Drawer } from "antd";
import { useState } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { useHealthQuery } from "@/api/system";
import { useLocale } from "@/shared/i18n/locale";
import { ModeBadge } from "@/shared/ui/Badges";
import { useRoot } from "@/state/root";
import { HealthBadge } from "./HealthBadge";
import { KillSwitch } from "./KillSwitch";
import { Nav } from "./Nav";
import { StopBanner } from "./StopBanner";
import { UserMenu } from "./UserMenu";

export function Shell() {
  const { t } = useLocale();
  const who = useRoot((state) => state.session.who);
  const where = useLocation();
  const [open, setOpen] = useState(false);
  const { data: health } = useHealthQuery(undefined, { pollingInterval: 5_000 });

  if (who === null) return <Navigate to={{ pathname: "/login", hash: where.hash }} replace state={{ from: where.pathname }} />;
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t("shell.skip")}
      </a>
      <header className="top">
        <Button className="only-narrow" type="text" icon={<MenuOutlined aria-hidden />} aria-label={t("shell.menu")} onClick={() => setOpen(true)} />
        <span className="brand">
          <img src="/assets/icon.svg" alt="" width={24} height={24} />
          <span className="brand-name">Tidegate</span>
        </span>
        <ModeBadge mode={health?.mode ?? ""} />
        <HealthBadge health={health} />
        <span className="space" />
        <KillSwitch />
        <UserMenu />
      </header>
      <aside className="side only-wide">
        <Nav />
      </aside>
      <Drawer placement="left" size={240} open={open} onClose={() => setOpen(false)} title="Tidegate">
        <Nav chosen={() => setOpen(false)} />
      </Drawer>
      <main id="content" className="content" tabIndex={-1}>
        <LinkBanner />
        <StopBanner />
        <Outlet />
      </main>
    </div>
  );
}

/** Says that figures are not live any more. */
function LinkBanner() {
  const { t, time } = useLocale();
  const { lostSince, reason } = useRoot((root) => root.link);
  if (lostSince === 0) return null;
  const since = time(lostSince);
  const text = reason === "" ? t("shell.lost", { since }) : t("shell.lostBecause", { since, reason });
  return <Alert type="warning" showIcon banner role="status" title={text} className="banner" />;
}
