-- The load of one turn, for wrk: sends the bodies of a file one after the other, over and over, and refuses to take anything
-- for an answer but 200 with data.
--
--   wrk … -s load.lua URL -- BODIES HEADER=VALUE …

local threads = {}
local requests, place = {}, 0
failed, sample = 0, ""

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  local headers = {}
  for place = 2, #arguments do
    local name, value = arguments[place]:match("^([^=]+)=(.*)$")
    headers[name] = value
  end
  for body in io.lines(arguments[1]) do
    table.insert(requests, wrk.format("POST", nil, headers, body))
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end

local function holds_data(body)
  return body:sub(1, 9) == '{"data":{' and not body:find('^{"data":{"%w+":null') and not body:find('"errors":[{', 1, true)
end

function response(status, _, body)
  if status ~= 200 or not holds_data(body) then
    failed = failed + 1
    if sample == "" then sample = status .. " " .. body:sub(1, 400) end
  end
end

function done(summary, latency)
  local refused, said = 0, ""
  for _, thread in ipairs(threads) do
    refused = refused + thread:get("failed")
    if said == "" then said = thread:get("sample") end
  end
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  print(string.format("requests=%d", summary.requests))
  print(string.format("microseconds=%d", summary.duration))
  print(string.format("p50=%d", latency:percentile(50)))
  print(string.format("p99=%d", latency:percentile(99)))
  print(string.format("failed=%d", refused + broken))
  print("sample=" .. said:gsub("%s+", " "))
end
