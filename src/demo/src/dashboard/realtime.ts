import { useMutation, useQuery } from '@tanstack/react-query';
import { useInvalidation } from 'carillon-client/react/query';
import { useClient } from '../api';

/** The alerts, asked of a verticle and cached; `alerts.changed` makes them stale, in every browser. */
export function useAlerts() {
  const client = useClient();
  useInvalidation({ 'alerts.changed': ['alerts'] }, 'notifications');
  const list = useQuery({
    queryKey: ['alerts'],
    queryFn: () => client.request('demo.alerts.list', null, { retry: true }),
    staleTime: Infinity, // nobody polls: it stays fresh until the event comes
  });
  const raise = useMutation({
    mutationFn: (text: string) => client.request('demo.alerts.raise', { text }),
  });
  const resolve = useMutation({
    mutationFn: (id: string) => client.request('demo.alerts.resolve', { id }),
  });
  return { list, raise, resolve };
}
