import { Skeleton } from "antd";

/** While a page's code is on its way. */
export const Waiting = () => (
  <div className="page">
    <Skeleton active paragraph={{ rows: 6 }} />
  </div>
);
