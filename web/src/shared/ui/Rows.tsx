// The table of all pages: small, scrolling sideways inside its panel where the window is narrow.
import { Table, type TableProps } from "antd";

export function Rows<T extends object>(props: TableProps<T>) {
  return (
    <Table<T>
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
