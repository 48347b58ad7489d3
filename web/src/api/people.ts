// Users, logins, keys, the audit log.
import { api, query } from "./base";
import type { ApiKey, AuditRow, KeyTest, Login, NewApiKey, Page, TotpBegun, User, VenueKeys } from "./types";

type Coded<T> = T & { totp?: string | undefined };
const KEYS = "/api/settings/api";

export const people = api.injectEndpoints({
  endpoints: (build) => ({
    users: build.query<User[], void>({ query: () => ({ path: "/api/users" }), providesTags: ["Users"] }),
    profile: build.query<User, void>({ query: () => ({ path: "/api/users/profile" }), providesTags: ["Users"] }),
    addUser: build.mutation<{ id: string }, Coded<{ username: string; role: string; password: string }>>({
      query: ({ totp, ...body }) => ({ method: "POST", path: "/api/users", body, totp }),
      invalidatesTags: ["Users", "Audit"],
    }),
    changeUser: build.mutation<User, Coded<{ id: string; role?: string; disabled?: boolean; password?: string }>>({
      query: ({ id, totp, ...body }) => ({ method: "PUT", path: `/api/users/${id}`, body, totp }),
      invalidatesTags: ["Users", "Audit"],
    }),
    removeUser: build.mutation<unknown, Coded<{ id: string }>>({
      query: ({ id, totp }) => ({ method: "DELETE", path: `/api/users/${id}`, totp }),
      invalidatesTags: ["Users", "Audit"],
    }),
    setPassword: build.mutation<unknown, { currentPassword: string; newPassword: string }>({
      query: (body) => ({ method: "PUT", path: "/api/users/profile", body }),
    }),
    beginTotp: build.mutation<TotpBegun, void>({
      query: () => ({ method: "POST", path: "/api/users/profile/totp", body: {} }),
    }),
    confirmTotp: build.mutation<unknown, string>({
      query: (code) => ({ method: "PUT", path: "/api/users/profile/totp", body: { code } }),
      invalidatesTags: ["Users"],
    }),
    dropTotp: build.mutation<unknown, { totp: string }>({
      query: ({ totp }) => ({ method: "DELETE", path: "/api/users/profile/totp", totp }),
      invalidatesTags: ["Users"],
    }),
    logins: build.query<Login[], void>({ query: () => ({ path: "/api/auth/sessions" }), providesTags: ["Sessions"] }),
    endLogin: build.mutation<unknown, string>({
      query: (id) => ({ method: "DELETE", path: `/api/auth/sessions/${id}` }),
      invalidatesTags: ["Sessions"],
    }),
    endAllLogins: build.mutation<unknown, void>({
      query: () => ({ method: "POST", path: "/api/auth/logout-all", body: {} }),
    }),
    apiKeys: build.query<ApiKey[], void>({ query: () => ({ path: "/api/auth/keys" }), providesTags: ["ApiKeys"] }),
    addApiKey: build.mutation<NewApiKey, Coded<{ name: string; scopes: string[]; addresses: string[] }>>({
      query: ({ totp, ...body }) => ({ method: "POST", path: "/api/auth/keys", body, totp }),
      invalidatesTags: ["ApiKeys"],
    }),
    dropApiKey: build.mutation<unknown, string>({
      query: (id) => ({ method: "DELETE", path: `/api/auth/keys/${id}` }),
      invalidatesTags: ["ApiKeys"],
    }),
    venueKeys: build.query<Record<string, VenueKeys>, void>({ query: () => ({ path: KEYS }), providesTags: ["Keys"] }),
    putVenueKey: build.mutation<unknown, Coded<{ exchange: string; apiKey: string; secret: string; passphrase?: string }>>({
      query: ({ exchange, totp, ...key }) => ({ method: "PUT", path: KEYS, body: { [exchange]: key }, totp }),
      invalidatesTags: ["Keys", "Audit"],
    }),
    testVenueKey: build.mutation<KeyTest, { exchange: string; account: string }>({
      query: (body) => ({ method: "POST", path: `${KEYS}/test`, body }),
    }),
    dropVenueKey: build.mutation<unknown, Coded<{ exchange: string; account: string }>>({
      query: ({ exchange, account, totp }) => ({ method: "DELETE", path: `${KEYS}/${exchange}/${account}`, totp }),
      invalidatesTags: ["Keys", "Audit"],
    }),
    audit: build.infiniteQuery<Page<AuditRow>, { actor?: string | undefined; action?: string | undefined }, string | undefined>({
      infiniteQueryOptions: { initialPageParam: undefined, maxPages: 20, getNextPageParam: (last) => last.nextCursor ?? undefined },
      query: ({ queryArg, pageParam }) => ({ path: `/api/audit${query({ ...queryArg, cursor: pageParam, limit: 100 })}` }),
      providesTags: ["Audit"],
    }),
  }),
});

export const {
  useUsersQuery,
  useProfileQuery,
  useAddUserMutation,
  useChangeUserMutation,
  useRemoveUserMutation,
  useSetPasswordMutation,
  useBeginTotpMutation,
  useConfirmTotpMutation,
  useDropTotpMutation,
  useLoginsQuery,
  useEndLoginMutation,
  useEndAllLoginsMutation,
  useApiKeysQuery,
  useAddApiKeyMutation,
  useDropApiKeyMutation,
  useVenueKeysQuery,
  usePutVenueKeyMutation,
  useTestVenueKeyMutation,
  useDropVenueKeyMutation,
  useAuditInfiniteQuery,
} = people;
