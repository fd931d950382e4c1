import { useMutation, useQuery } from '@tanstack/react-query';
import { useInvalidation } from 'carillon-client/react/query';
import { useClient } from '../api';

/** The alerts, asked of a verticle; an event makes them stale everywhere. */
export function useAlerts() {
  const client = useClient();
  useInvalidation({ 'alerts.changed': ['alerts'] }, 'notifications');
  const list = useQuery({
    queryKey: ['alerts'],
    queryFn: () => client.request('demo.alerts.list', null, { retry: true }),
    staleTime: Infinity, // until the event comes: nobody polls
  });
  const raise = useMutation({
    mutationFn: (text: string) => client.request('demo.alerts.raise', { text }),
  });
  const resolve = useMutation({
    mutationFn: (id: string) => client.request('demo.alerts.resolve', { id }),
  });
  return { list, raise, resolve };
}
