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

/** A column of numbers. */
export const right = { align: "right" as const, className: "num" };
