/** What a call counts as. */
export function stepOf(method: string): string {
  if (method === 'getUpdates') return 'poll'
  if (isSend(method)) return 'send'
  return method.startsWith('editMessage') ? 'edit' : method
}

/** Whether a call puts a message into a chat. */
export function isSend(method: string): boolean {
  return method.startsWith('send') && method !== 'sendChatAction'
}
