// Messages that the npm package leaves out (they are marked as work in progress in the XML, yet PX4 and ArduPilot send
// them), as classes like the package's own. Layout and checksum seed follow mavlink.io/en/guide/serialization.html; the
// seeds and lengths stated are those of the generated C headers (mavlink/c_library_v2) and must come out the same.
'use strict';
const { MavLinkData, MavLinkPacketField, x25crc } = require('mavlink-mappings');

const SIZES = { uint8_t: 1, int8_t: 1, char: 1, uint16_t: 2, int16_t: 2, uint32_t: 4, int32_t: 4, float: 4, uint64_t: 8 };
// id, name, seed, length, fields in the order of the XML: [type, name, unit?, count?]
const DEFINITIONS = [
  [80, 'COMMAND_CANCEL', 14, 4, [['uint8_t', 'target_system'], ['uint8_t', 'target_component'], ['uint16_t', 'command']]],
  [410, 'EVENT', 160, 53, [['uint8_t', 'destination_component'], ['uint8_t', 'destination_system'], ['uint32_t', 'id'],
    ['uint32_t', 'event_time_boot_ms', 'ms'], ['uint16_t', 'sequence'], ['uint8_t', 'log_levels'],
    ['uint8_t', 'arguments', '', 40]]],
  [411, 'CURRENT_EVENT_SEQUENCE', 106, 3, [['uint16_t', 'sequence'], ['uint8_t', 'flags']]],
  [412, 'REQUEST_EVENT', 33, 6, [['uint8_t', 'target_system'], ['uint8_t', 'target_component'],
    ['uint16_t', 'first_sequence'], ['uint16_t', 'last_sequence']]],
  [413, 'RESPONSE_EVENT_ERROR', 77, 7, [['uint8_t', 'target_system'], ['uint8_t', 'target_component'],
    ['uint16_t', 'sequence'], ['uint16_t', 'sequence_oldest_available'], ['uint8_t', 'reason']]],
];

function seedOf(name, fields) {
  const parts = [Buffer.from(`${name} `)];
  for (const [type, field, , count] of fields) {
    parts.push(Buffer.from(`${type} ${field} `), Buffer.from(count ? [count] : []));
  }
  const crc = x25crc(Buffer.concat(parts), 0, 0);
  return (crc & 0xff) ^ (crc >> 8);
}

const camel = (s) => s.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase());
function define([id, name, seed, length, fields]) {
  const sorted = [...fields].sort((a, b) => SIZES[b[0]] - SIZES[a[0]]); // equal sizes stay as they are
  let offset = 0;
  const wire = sorted.map(([type, field, unit, count]) => {
    const at = offset;
    offset += SIZES[type] * (count || 1);
    return new MavLinkPacketField(field, camel(field), at, false, SIZES[type], count ? `${type}[]` : type, unit || '', count || 0);
  });
  const crc = seedOf(name, sorted);
  if (crc !== seed || offset !== length) throw new Error(`${name}: seed ${crc}, length ${offset}`);
  const C = class extends MavLinkData {};
  Object.assign(C, { MSG_ID: id, MSG_NAME: name, PAYLOAD_LENGTH: length, MAGIC_NUMBER: crc, FIELDS: wire });
  return C;
}

module.exports = DEFINITIONS.map(define);
