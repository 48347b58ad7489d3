// A list that is read page by page: loading, failed, empty, and more on demand.
import { Button, Skeleton, type TableProps } from "antd";
import type { ReactNode } from "react";
import { faultText } from "@/api/faults";
import type { Page } from "@/api/types";
import { useLocale } from "@/shared/i18n/locale";
import { Problem } from "@/shared/ui/Panel";
import { Rows } from "@/shared/ui/Rows";

interface Props<T> {
  read: {
    data?: { pages: Page<T>[] } | undefined;
    error?: unknown;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => unknown;
    refetch: () => unknown;
  };
  rowKey: (row: T) => string;
  columns: NonNullable<TableProps<T>["columns"]>;
  empty: ReactNode;
}

export function PagedRows<T extends object>({ read, rowKey, columns, empty }: Props<T>) {
  const locale = useLocale();
  const { data, error } = read;
  if (data === undefined) {
    if (error !== undefined) return <Problem text={faultText(error, locale)} retry={() => void read.refetch()} />;
    return <Skeleton active title={false} paragraph={{ rows: 5 }} className="panel-body" />;
  }
  // A row that moved to the next page between two reads stands once.
  const rows = [...new Map(data.pages.flatMap((page) => page.items).map((row) => [rowKey(row), row])).values()];
  return (
    <>
      {error !== undefined && <Problem text={faultText(error, locale)} retry={() => void read.refetch()} />}
      {rows.length === 0 ? <p className="empty">{empty}</p> : <Rows<T> rowKey={rowKey} dataSource={rows} columns={columns} />}
      {read.hasNextPage && (
        <p className="more">
          <Button loading={read.isFetchingNextPage} onClick={() => void read.fetchNextPage()}>
            {locale.t("common.more")}
          </Button>
        </p>
      )}
    </>
  );
}
