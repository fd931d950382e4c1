import { useMutation, useQuery } from '@tanstack/react-query';
import { useInvalidation } from 'carillon-client/react/query';
import { useClient } from '../api';

/** The alerts, asked of a verticle and cached; the event `alerts.changed` makes them stale, in every browser. */
export function useAlerts() {
  const client = useClient();
  useInvalidation({ 'alerts.changed': ['alerts'] }, 'notifications');
  const { data, error, isFetching, dataUpdatedAt } = useQuery({
    queryKey: ['alerts'],
    queryFn: () => client.request('demo.alerts.list', null, { retry: true }),
    // Nobody polls: it stays fresh until the event comes.
    staleTime: Infinity,
  });
  const raise = useMutation({
    mutationFn: (text: string) => client.request('demo.alerts.raise', { text }),
  });
  const resolve = useMutation({
    mutationFn: (id: string) => client.request('demo.alerts.resolve', { id }),
  });
  const failure = error ?? raise.error ?? resolve.error;
  return {
    alerts: data ?? [],
    raise: raise.mutate,
    resolve: resolve.mutate,
    failure,
    isFetching,
    dataUpdatedAt,
  };
}
