// A panel over one query of the cache: its faces follow from the query's state.
import type { ReactNode } from "react";
import { faultText } from "@/api/faults";
import { useLocale } from "@/shared/i18n/locale";
import { Panel } from "@/shared/ui/Panel";

export interface Read<T> {
  // T, not T | undefined: the caller's type of a query that has not answered is T too.
  data?: T | undefined;
  error?: unknown;
  isLoading: boolean;
  refetch: () => unknown;
}

interface Props<T> {
  title: ReactNode;
  extra?: ReactNode;
  className?: string;
  read: Read<T>;
  /** What to say when there is nothing in it; undefined when there is. */
  empty?: (data: T) => ReactNode;
  children: (data: T) => ReactNode;
}

export function ReadPanel<T>({ title, extra, className, read, empty, children }: Props<T>) {
  const locale = useLocale();
  const { data, error } = read;
  return (
    <Panel
      title={title}
      extra={extra}
      {...(className === undefined ? {} : { className })}
      loading={data === undefined && error === undefined}
      problem={error === undefined ? undefined : faultText(error, locale)}
      retry={() => void read.refetch()}
      empty={data === undefined ? (error === undefined ? undefined : "") : empty?.(data)}
    >
      {data !== undefined && children(data)}
    </Panel>
  );
}
