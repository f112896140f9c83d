/** Records a channel within a thread holds at most: small enough that back pressure shows, large enough that batches form. */
export const LOCAL_CHANNEL_RECORDS = 1024;
