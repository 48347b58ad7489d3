// The table of all pages: small, scrolling sideways inside its panel where the window is narrow.
import { Table, type TableProps, type TableRef } from "antd";
import { useEffect, useRef } from "react";

export function Rows<T extends object>(props: TableProps<T>) {
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
      className={`rows ${props.className ?? ""}`}
    />
  );
}

/** The column of what can be done with a row: always in sight. */
export const act = { align: "right" as const, fixed: "right" as const };

/** A column of numbers. */
export const right = { align: "right" as const, className: "num" };
