// A titled part of a page with its four faces: loading, failed, empty, filled.
import { Alert, Button, Skeleton } from "antd";
import { useId, type ReactNode } from "react";
import { useLocale } from "@/shared/i18n/locale";

interface Props {
  title: ReactNode;
  extra?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Nothing is known yet. */
  loading?: boolean | undefined;
  /** Why it could not be read; with what is known already, the problem stands above it. */
  problem?: string | undefined;
  retry?: (() => void) | undefined;
  /** What to say in place of the children. */
  empty?: ReactNode;
}

export function Panel({ title, extra, children, className = "", loading, problem, retry, empty }: Props) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {extra !== undefined && <div className="panel-extra">{extra}</div>}
      </header>
      {problem !== undefined && <Problem text={problem} retry={retry} />}
      {loading ? (
        <Skeleton active title={false} paragraph={{ rows: 4 }} className="panel-body" />
      ) : empty != null && empty !== false ? (
        problem === undefined && <p className="empty">{empty}</p>
      ) : (
        children
      )}
    </section>
  );
}

export function Problem({ text, retry }: { text: string; retry?: (() => void) | undefined }) {
  const { t } = useLocale();
  const again = retry !== undefined && (
    <Button size="small" onClick={retry}>
      {t("common.retry")}
    </Button>
  );
  return <Alert type="error" showIcon title={text} action={again || undefined} className="problem" />;
}
