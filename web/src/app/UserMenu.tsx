import { UserOutlined } from "@ant-design/icons";
import { Button, Popover } from "antd";
import { logout } from "@/api/auth";
import { report } from "@/live/connect";
import { LookSwitches } from "@/parts/LookSwitches";
import { useLocale } from "@/shared/i18n/locale";
import { useAct, useRoot } from "@/state/root";
import { sessionEnded } from "@/state/session";

/** Who is logged in, how the page looks, and the way out. */
export function UserMenu() {
  const { t } = useLocale();
  const who = useRoot((state) => state.session.who);
  const act = useAct();
  if (who === null) return null;
  const leave = async () => {
    report("logout");
    await logout();
    act(sessionEnded({ byItself: false }));
  };
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <div className="user-menu">
          <p>
            <strong>{who.username}</strong> <span className="soft">{who.role}</span>
          </p>
          <LookSwitches />
          <Button block onClick={() => void leave()}>
            {t("shell.logout")}
          </Button>
        </div>
      }
    >
      <Button type="text" icon={<UserOutlined aria-hidden />} aria-label={t("shell.user", { name: who.username })}>
        <span className="only-wide-inline">{who.username}</span>
      </Button>
    </Popover>
  );
}
