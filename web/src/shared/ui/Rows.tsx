// The table of all pages. Where the window is narrow, styles.css lays each row out as a card: the first column is its
// heading, what can be done stands beside it, and each other cell tells under which name it stands.
import { Table, type TableProps, type TableRef } from "antd";
import { useEffect, useRef, type HTMLAttributes } from "react";

interface Props<T> extends TableProps<T> {
  /** Stays a table on a narrow screen too: its few columns fit. */
  whole?: boolean;
}

export function Rows<T extends object>({ columns = [], whole = false, className = "", ...props }: Props<T>) {
  const table = useRef<TableRef>(null);
  // What scrolls has to be reachable by the keyboard; what does not would only be one stop more.
  useEffect(() => {
    const box = table.current?.nativeElement.querySelector<HTMLElement>(".ant-table-content");
    if (box == null) return;
    const watch = new ResizeObserver(() => {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
    watch.observe(box);
    if (box.firstElementChild !== null) watch.observe(box.firstElementChild);
    return () => watch.disconnect();
  }, []);
  return (
    <Table<T>
      ref={table}
      size="small"
      pagination={false}
      scroll={{ x: "max-content" }}
      showSorterTooltip={false}
      {...props}
      columns={columns.map((column, at) => ({ ...column, onCell: () => cellOf(column.title, at) }))}
      className={`rows ${whole ? "" : "cards"} ${className}`}
    />
  );
}

/** What styles.css needs of a cell to place it in a card. */
function cellOf(title: unknown, at: number): HTMLAttributes<HTMLElement> & Record<`data-${string}`, string> {
  if (at === 0) return { "data-part": "head" };
  return typeof title === "string" && title !== "" ? { "data-label": title } : {};
}

/** The column of what can be done with a row: always in sight. */
export const act = { align: "right" as const, fixed: "right" as const, className: "act" };

/** A column of numbers. */
export const right = { align: "right" as const, className: "num" };

/** A column of text that takes the whole width of a card. */
export const long = { className: "long" };
