import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "react-redux";
import { keepTokens, readTokens, watchTokens } from "@/api/tokens";
import { App } from "@/app/App";
import { store } from "@/app/store";
import { linkToken } from "@/features/auth/link";
import { sessionBegan, sessionEnded } from "@/state/session";
import "./styles.css";

// A printed link logs in anew, whoever was logged in before.
if (linkToken(location) !== null) keepTokens(null);
const tokens = readTokens();
if (tokens !== null) store.dispatch(sessionBegan(tokens.who));
watchTokens(() => store.dispatch(sessionEnded({ byItself: false })));

const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Provider store={store}>
        <App />
      </Provider>
    </StrictMode>,
  );
}
