-- Takes a token from each bucket, or from none. Mirrors `take_tokens` in buckets.py.
-- KEYS: a bucket each, which holds the moment (microseconds) at which it is full, and expires then.
-- ARGV: for each bucket, in microseconds, the time in which a token comes back, and in which all do.
-- Returns 1 or 0, then the backlog of each bucket.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local stored = redis.call('MGET', unpack(KEYS))
local fits = 1
local reply = {}
for i = 1, #KEYS do
  local interval, size = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local full_at = tonumber(stored[i] or 0) or 0
  local backlog = math.min(math.max(0, full_at - now), size)
  if backlog + interval > size then
    fits = 0
  end
  reply[i + 1] = backlog
end
if fits == 1 then
  for i = 1, #KEYS do
    local backlog = reply[i + 1] + tonumber(ARGV[2 * i - 1])
    redis.call('SET', KEYS[i], string.format('%.0f', now + backlog), 'PX', math.ceil(backlog / 1000))
    reply[i + 1] = backlog
  end
end
reply[1] = fits
return reply
