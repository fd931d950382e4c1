/** What the channels of the feed carry. */
export type FeedEvent =
  | {
      type: 'new_post';
      id: string;
      author: string;
      text: string;
      timestamp: number;
    }
  | {
      type: 'new_comment';
      id: string;
      post: string;
      author: string;
      text: string;
      timestamp: number;
    }
  | {
      type: 'new_message';
      id: string;
      sender: string;
      content: string;
      timestamp: number;
    }
  | { type: 'typing'; is_typing: boolean; user: string }
  | { type: 'connection_request' | 'connection_accepted'; from: string; to: string }
  | { type: 'notification'; text: string }
  | { type: 'user_online' | 'user_offline'; user_id: string }
  | { type: 'error'; code: number; error: string };

export interface Listener {
  readonly heard: (event: FeedEvent) => void;
  readonly opened: (open: boolean) => void;
}
