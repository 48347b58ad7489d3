// Which page stands at which path. Each is loaded when it is first opened.
import { lazy, Suspense, type ComponentType } from "react";
import { Navigate, createBrowserRouter } from "react-router";
import { Login } from "@/features/auth/Login";
import { Shell } from "./Shell";
import { Waiting } from "./Waiting";

const page = (load: () => Promise<{ default: ComponentType }>) => {
  const Page = lazy(load);
  return (
    <Suspense fallback={<Waiting />}>
      <Page />
    </Suspense>
  );
};

export const router = createBrowserRouter([
  { path: "/login", element: <Login /> },
  {
    element: <Shell />,
    children: [
      { path: "/", element: page(() => import("@/features/dashboard/Dashboard")) },
      { path: "/arbitrage", element: page(() => import("@/features/arbitrage/Arbitrage")) },
      { path: "/twap", element: page(() => import("@/features/twap/Twap")) },
      { path: "/orders", element: page(() => import("@/features/orders/Orders")) },
      { path: "/risk", element: page(() => import("@/features/risk/Risk")) },
      { path: "/settings", element: page(() => import("@/features/settings/Settings")) },
      { path: "/log", element: page(() => import("@/features/log/Log")) },
      { path: "*", element: <Navigate to="/" replace /> },
    ],
  },
]);
