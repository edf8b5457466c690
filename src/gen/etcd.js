/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $TypeError = $util.global.TypeError, $Number = $util.global.Number, $parseInt = $util.global.parseInt, $String = $util.global.String, $BigInt = $util.global.BigInt, $Boolean = $util.global.Boolean, $Array = $util.global.Array;

const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const etcdserverpb = $root.etcdserverpb = (() => {

    const etcdserverpb = {};

    etcdserverpb.AlarmType = (function() {
        const valuesById = $Object.create(null), values = $Object.create(valuesById);
        values[valuesById[0] = "NONE"] = 0;
        values[valuesById[1] = "NOSPACE"] = 1;
        values[valuesById[2] = "CORRUPT"] = 2;
        return values;
    })();

    etcdserverpb.ResponseHeader = (function() {

        const ResponseHeader = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ResponseHeader.prototype.cluster_id = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ResponseHeader.prototype.member_id = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ResponseHeader.prototype.revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ResponseHeader.prototype.raft_term = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        ResponseHeader.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.cluster_id != null && $Object.hasOwnProperty.call(message, "cluster_id") && (typeof message.cluster_id === "object" ? message.cluster_id.low || message.cluster_id.high : message.cluster_id !== 0))
                writer.uint32(8).uint64(message.cluster_id);
            if (message.member_id != null && $Object.hasOwnProperty.call(message, "member_id") && (typeof message.member_id === "object" ? message.member_id.low || message.member_id.high : message.member_id !== 0))
                writer.uint32(16).uint64(message.member_id);
            if (message.revision != null && $Object.hasOwnProperty.call(message, "revision") && (typeof message.revision === "object" ? message.revision.low || message.revision.high : message.revision !== 0))
                writer.uint32(24).int64(message.revision);
            if (message.raft_term != null && $Object.hasOwnProperty.call(message, "raft_term") && (typeof message.raft_term === "object" ? message.raft_term.low || message.raft_term.high : message.raft_term !== 0))
                writer.uint32(32).uint64(message.raft_term);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ResponseHeader.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.ResponseHeader();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.cluster_id = value;
                        else
                            delete message.cluster_id;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.member_id = value;
                        else
                            delete message.member_id;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.revision = value;
                        else
                            delete message.revision;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.raft_term = value;
                        else
                            delete message.raft_term;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ResponseHeader.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.ResponseHeader)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.ResponseHeader: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.ResponseHeader();
            if (object.cluster_id != null)
                if (typeof object.cluster_id === "object" ? object.cluster_id.low || object.cluster_id.high : $Number(object.cluster_id) !== 0)
                    if ($util.Long)
                        message.cluster_id = $util.Long.fromValue(object.cluster_id, true);
                    else if (typeof object.cluster_id === "string")
                        message.cluster_id = $parseInt(object.cluster_id, 10);
                    else if (typeof object.cluster_id === "number")
                        message.cluster_id = object.cluster_id;
                    else if (typeof object.cluster_id === "object")
                        message.cluster_id = new $util.LongBits(object.cluster_id.low >>> 0, object.cluster_id.high >>> 0).toNumber(true);
            if (object.member_id != null)
                if (typeof object.member_id === "object" ? object.member_id.low || object.member_id.high : $Number(object.member_id) !== 0)
                    if ($util.Long)
                        message.member_id = $util.Long.fromValue(object.member_id, true);
                    else if (typeof object.member_id === "string")
                        message.member_id = $parseInt(object.member_id, 10);
                    else if (typeof object.member_id === "number")
                        message.member_id = object.member_id;
                    else if (typeof object.member_id === "object")
                        message.member_id = new $util.LongBits(object.member_id.low >>> 0, object.member_id.high >>> 0).toNumber(true);
            if (object.revision != null)
                if (typeof object.revision === "object" ? object.revision.low || object.revision.high : $Number(object.revision) !== 0)
                    if ($util.Long)
                        message.revision = $util.Long.fromValue(object.revision, false);
                    else if (typeof object.revision === "string")
                        message.revision = $parseInt(object.revision, 10);
                    else if (typeof object.revision === "number")
                        message.revision = object.revision;
                    else if (typeof object.revision === "object")
                        message.revision = new $util.LongBits(object.revision.low >>> 0, object.revision.high >>> 0).toNumber();
            if (object.raft_term != null)
                if (typeof object.raft_term === "object" ? object.raft_term.low || object.raft_term.high : $Number(object.raft_term) !== 0)
                    if ($util.Long)
                        message.raft_term = $util.Long.fromValue(object.raft_term, true);
                    else if (typeof object.raft_term === "string")
                        message.raft_term = $parseInt(object.raft_term, 10);
                    else if (typeof object.raft_term === "number")
                        message.raft_term = object.raft_term;
                    else if (typeof object.raft_term === "object")
                        message.raft_term = new $util.LongBits(object.raft_term.low >>> 0, object.raft_term.high >>> 0).toNumber(true);
            return message;
        };

        ResponseHeader.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.cluster_id = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.cluster_id = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.member_id = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.member_id = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.raft_term = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.raft_term = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.cluster_id != null && $Object.hasOwnProperty.call(message, "cluster_id"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.cluster_id = typeof message.cluster_id === "number" ? $BigInt(message.cluster_id) : $util.Long.fromBits(message.cluster_id.low >>> 0, message.cluster_id.high >>> 0, true).toBigInt();
                else if (typeof message.cluster_id === "number")
                    object.cluster_id = options.longs === $String ? $String(message.cluster_id) : message.cluster_id;
                else
                    object.cluster_id = options.longs === $String ? $util.Long.prototype.toString.call(message.cluster_id) : options.longs === $Number ? new $util.LongBits(message.cluster_id.low >>> 0, message.cluster_id.high >>> 0).toNumber(true) : message.cluster_id;
            if (message.member_id != null && $Object.hasOwnProperty.call(message, "member_id"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.member_id = typeof message.member_id === "number" ? $BigInt(message.member_id) : $util.Long.fromBits(message.member_id.low >>> 0, message.member_id.high >>> 0, true).toBigInt();
                else if (typeof message.member_id === "number")
                    object.member_id = options.longs === $String ? $String(message.member_id) : message.member_id;
                else
                    object.member_id = options.longs === $String ? $util.Long.prototype.toString.call(message.member_id) : options.longs === $Number ? new $util.LongBits(message.member_id.low >>> 0, message.member_id.high >>> 0).toNumber(true) : message.member_id;
            if (message.revision != null && $Object.hasOwnProperty.call(message, "revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.revision = typeof message.revision === "number" ? $BigInt(message.revision) : $util.Long.fromBits(message.revision.low >>> 0, message.revision.high >>> 0, false).toBigInt();
                else if (typeof message.revision === "number")
                    object.revision = options.longs === $String ? $String(message.revision) : message.revision;
                else
                    object.revision = options.longs === $String ? $util.Long.prototype.toString.call(message.revision) : options.longs === $Number ? new $util.LongBits(message.revision.low >>> 0, message.revision.high >>> 0).toNumber() : message.revision;
            if (message.raft_term != null && $Object.hasOwnProperty.call(message, "raft_term"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.raft_term = typeof message.raft_term === "number" ? $BigInt(message.raft_term) : $util.Long.fromBits(message.raft_term.low >>> 0, message.raft_term.high >>> 0, true).toBigInt();
                else if (typeof message.raft_term === "number")
                    object.raft_term = options.longs === $String ? $String(message.raft_term) : message.raft_term;
                else
                    object.raft_term = options.longs === $String ? $util.Long.prototype.toString.call(message.raft_term) : options.longs === $Number ? new $util.LongBits(message.raft_term.low >>> 0, message.raft_term.high >>> 0).toNumber(true) : message.raft_term;
            return object;
        };

        ResponseHeader.prototype.toJSON = function() {
            return ResponseHeader.toObject(this, $protobuf.util.toJSONOptions);
        };

        return ResponseHeader;
    })();

    etcdserverpb.RangeRequest = (function() {

        const RangeRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RangeRequest.prototype.key = $util.newBuffer([]);
        RangeRequest.prototype.range_end = $util.newBuffer([]);
        RangeRequest.prototype.limit = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        RangeRequest.prototype.revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        RangeRequest.prototype.sort_order = 0;
        RangeRequest.prototype.sort_target = 0;
        RangeRequest.prototype.serializable = false;
        RangeRequest.prototype.keys_only = false;
        RangeRequest.prototype.count_only = false;
        RangeRequest.prototype.min_mod_revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        RangeRequest.prototype.max_mod_revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        RangeRequest.prototype.min_create_revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        RangeRequest.prototype.max_create_revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        RangeRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key.length)
                writer.uint32(10).bytes(message.key);
            if (message.range_end != null && $Object.hasOwnProperty.call(message, "range_end") && message.range_end.length)
                writer.uint32(18).bytes(message.range_end);
            if (message.limit != null && $Object.hasOwnProperty.call(message, "limit") && (typeof message.limit === "object" ? message.limit.low || message.limit.high : message.limit !== 0))
                writer.uint32(24).int64(message.limit);
            if (message.revision != null && $Object.hasOwnProperty.call(message, "revision") && (typeof message.revision === "object" ? message.revision.low || message.revision.high : message.revision !== 0))
                writer.uint32(32).int64(message.revision);
            if (message.sort_order != null && $Object.hasOwnProperty.call(message, "sort_order") && message.sort_order !== 0)
                writer.uint32(40).int32(message.sort_order);
            if (message.sort_target != null && $Object.hasOwnProperty.call(message, "sort_target") && message.sort_target !== 0)
                writer.uint32(48).int32(message.sort_target);
            if (message.serializable != null && $Object.hasOwnProperty.call(message, "serializable") && message.serializable !== false)
                writer.uint32(56).bool(message.serializable);
            if (message.keys_only != null && $Object.hasOwnProperty.call(message, "keys_only") && message.keys_only !== false)
                writer.uint32(64).bool(message.keys_only);
            if (message.count_only != null && $Object.hasOwnProperty.call(message, "count_only") && message.count_only !== false)
                writer.uint32(72).bool(message.count_only);
            if (message.min_mod_revision != null && $Object.hasOwnProperty.call(message, "min_mod_revision") && (typeof message.min_mod_revision === "object" ? message.min_mod_revision.low || message.min_mod_revision.high : message.min_mod_revision !== 0))
                writer.uint32(80).int64(message.min_mod_revision);
            if (message.max_mod_revision != null && $Object.hasOwnProperty.call(message, "max_mod_revision") && (typeof message.max_mod_revision === "object" ? message.max_mod_revision.low || message.max_mod_revision.high : message.max_mod_revision !== 0))
                writer.uint32(88).int64(message.max_mod_revision);
            if (message.min_create_revision != null && $Object.hasOwnProperty.call(message, "min_create_revision") && (typeof message.min_create_revision === "object" ? message.min_create_revision.low || message.min_create_revision.high : message.min_create_revision !== 0))
                writer.uint32(96).int64(message.min_create_revision);
            if (message.max_create_revision != null && $Object.hasOwnProperty.call(message, "max_create_revision") && (typeof message.max_create_revision === "object" ? message.max_create_revision.low || message.max_create_revision.high : message.max_create_revision !== 0))
                writer.uint32(104).int64(message.max_create_revision);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RangeRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.RangeRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.range_end = value;
                        else
                            delete message.range_end;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.limit = value;
                        else
                            delete message.limit;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.revision = value;
                        else
                            delete message.revision;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.sort_order = value;
                        else
                            delete message.sort_order;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.sort_target = value;
                        else
                            delete message.sort_target;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.serializable = value;
                        else
                            delete message.serializable;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.keys_only = value;
                        else
                            delete message.keys_only;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.count_only = value;
                        else
                            delete message.count_only;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.min_mod_revision = value;
                        else
                            delete message.min_mod_revision;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.max_mod_revision = value;
                        else
                            delete message.max_mod_revision;
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.min_create_revision = value;
                        else
                            delete message.min_create_revision;
                        continue;
                    }
                case 13: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.max_create_revision = value;
                        else
                            delete message.max_create_revision;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        RangeRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.RangeRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.RangeRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.RangeRequest();
            if (object.key != null)
                if (object.key.length)
                    if (typeof object.key === "string")
                        $util.base64.decode(object.key, message.key = $util.newBuffer($util.base64.length(object.key)), 0);
                    else if (object.key.length >= 0)
                        message.key = object.key;
            if (object.range_end != null)
                if (object.range_end.length)
                    if (typeof object.range_end === "string")
                        $util.base64.decode(object.range_end, message.range_end = $util.newBuffer($util.base64.length(object.range_end)), 0);
                    else if (object.range_end.length >= 0)
                        message.range_end = object.range_end;
            if (object.limit != null)
                if (typeof object.limit === "object" ? object.limit.low || object.limit.high : $Number(object.limit) !== 0)
                    if ($util.Long)
                        message.limit = $util.Long.fromValue(object.limit, false);
                    else if (typeof object.limit === "string")
                        message.limit = $parseInt(object.limit, 10);
                    else if (typeof object.limit === "number")
                        message.limit = object.limit;
                    else if (typeof object.limit === "object")
                        message.limit = new $util.LongBits(object.limit.low >>> 0, object.limit.high >>> 0).toNumber();
            if (object.revision != null)
                if (typeof object.revision === "object" ? object.revision.low || object.revision.high : $Number(object.revision) !== 0)
                    if ($util.Long)
                        message.revision = $util.Long.fromValue(object.revision, false);
                    else if (typeof object.revision === "string")
                        message.revision = $parseInt(object.revision, 10);
                    else if (typeof object.revision === "number")
                        message.revision = object.revision;
                    else if (typeof object.revision === "object")
                        message.revision = new $util.LongBits(object.revision.low >>> 0, object.revision.high >>> 0).toNumber();
            if (object.sort_order !== 0 && (typeof object.sort_order !== "string" || $root.etcdserverpb.RangeRequest.SortOrder[object.sort_order] !== 0))
                switch (object.sort_order) {
                case "NONE":
                case 0:
                    message.sort_order = 0;
                    break;
                case "ASCEND":
                case 1:
                    message.sort_order = 1;
                    break;
                case "DESCEND":
                case 2:
                    message.sort_order = 2;
                    break;
                default:
                    if (typeof object.sort_order === "number" && (object.sort_order | 0) === object.sort_order)
                        message.sort_order = object.sort_order;
                }
            if (object.sort_target !== 0 && (typeof object.sort_target !== "string" || $root.etcdserverpb.RangeRequest.SortTarget[object.sort_target] !== 0))
                switch (object.sort_target) {
                case "KEY":
                case 0:
                    message.sort_target = 0;
                    break;
                case "VERSION":
                case 1:
                    message.sort_target = 1;
                    break;
                case "CREATE":
                case 2:
                    message.sort_target = 2;
                    break;
                case "MOD":
                case 3:
                    message.sort_target = 3;
                    break;
                case "VALUE":
                case 4:
                    message.sort_target = 4;
                    break;
                default:
                    if (typeof object.sort_target === "number" && (object.sort_target | 0) === object.sort_target)
                        message.sort_target = object.sort_target;
                }
            if (object.serializable != null)
                if (object.serializable)
                    message.serializable = $Boolean(object.serializable);
            if (object.keys_only != null)
                if (object.keys_only)
                    message.keys_only = $Boolean(object.keys_only);
            if (object.count_only != null)
                if (object.count_only)
                    message.count_only = $Boolean(object.count_only);
            if (object.min_mod_revision != null)
                if (typeof object.min_mod_revision === "object" ? object.min_mod_revision.low || object.min_mod_revision.high : $Number(object.min_mod_revision) !== 0)
                    if ($util.Long)
                        message.min_mod_revision = $util.Long.fromValue(object.min_mod_revision, false);
                    else if (typeof object.min_mod_revision === "string")
                        message.min_mod_revision = $parseInt(object.min_mod_revision, 10);
                    else if (typeof object.min_mod_revision === "number")
                        message.min_mod_revision = object.min_mod_revision;
                    else if (typeof object.min_mod_revision === "object")
                        message.min_mod_revision = new $util.LongBits(object.min_mod_revision.low >>> 0, object.min_mod_revision.high >>> 0).toNumber();
            if (object.max_mod_revision != null)
                if (typeof object.max_mod_revision === "object" ? object.max_mod_revision.low || object.max_mod_revision.high : $Number(object.max_mod_revision) !== 0)
                    if ($util.Long)
                        message.max_mod_revision = $util.Long.fromValue(object.max_mod_revision, false);
                    else if (typeof object.max_mod_revision === "string")
                        message.max_mod_revision = $parseInt(object.max_mod_revision, 10);
                    else if (typeof object.max_mod_revision === "number")
                        message.max_mod_revision = object.max_mod_revision;
                    else if (typeof object.max_mod_revision === "object")
                        message.max_mod_revision = new $util.LongBits(object.max_mod_revision.low >>> 0, object.max_mod_revision.high >>> 0).toNumber();
            if (object.min_create_revision != null)
                if (typeof object.min_create_revision === "object" ? object.min_create_revision.low || object.min_create_revision.high : $Number(object.min_create_revision) !== 0)
                    if ($util.Long)
                        message.min_create_revision = $util.Long.fromValue(object.min_create_revision, false);
                    else if (typeof object.min_create_revision === "string")
                        message.min_create_revision = $parseInt(object.min_create_revision, 10);
                    else if (typeof object.min_create_revision === "number")
                        message.min_create_revision = object.min_create_revision;
                    else if (typeof object.min_create_revision === "object")
                        message.min_create_revision = new $util.LongBits(object.min_create_revision.low >>> 0, object.min_create_revision.high >>> 0).toNumber();
            if (object.max_create_revision != null)
                if (typeof object.max_create_revision === "object" ? object.max_create_revision.low || object.max_create_revision.high : $Number(object.max_create_revision) !== 0)
                    if ($util.Long)
                        message.max_create_revision = $util.Long.fromValue(object.max_create_revision, false);
                    else if (typeof object.max_create_revision === "string")
                        message.max_create_revision = $parseInt(object.max_create_revision, 10);
                    else if (typeof object.max_create_revision === "number")
                        message.max_create_revision = object.max_create_revision;
                    else if (typeof object.max_create_revision === "object")
                        message.max_create_revision = new $util.LongBits(object.max_create_revision.low >>> 0, object.max_create_revision.high >>> 0).toNumber();
            return message;
        };

        RangeRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if (options.bytes === $String)
                    object.key = "";
                else {
                    object.key = [];
                    if (options.bytes !== $Array)
                        object.key = $util.newBuffer(object.key);
                }
                if (options.bytes === $String)
                    object.range_end = "";
                else {
                    object.range_end = [];
                    if (options.bytes !== $Array)
                        object.range_end = $util.newBuffer(object.range_end);
                }
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.limit = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.limit = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.sort_order = options.enums === $String ? "NONE" : 0;
                object.sort_target = options.enums === $String ? "KEY" : 0;
                object.serializable = false;
                object.keys_only = false;
                object.count_only = false;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.min_mod_revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.min_mod_revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.max_mod_revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.max_mod_revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.min_create_revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.min_create_revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.max_create_revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.max_create_revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                object.key = options.bytes === $String ? $util.base64.encode(message.key, 0, message.key.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.key) : message.key;
            if (message.range_end != null && $Object.hasOwnProperty.call(message, "range_end"))
                object.range_end = options.bytes === $String ? $util.base64.encode(message.range_end, 0, message.range_end.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.range_end) : message.range_end;
            if (message.limit != null && $Object.hasOwnProperty.call(message, "limit"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.limit = typeof message.limit === "number" ? $BigInt(message.limit) : $util.Long.fromBits(message.limit.low >>> 0, message.limit.high >>> 0, false).toBigInt();
                else if (typeof message.limit === "number")
                    object.limit = options.longs === $String ? $String(message.limit) : message.limit;
                else
                    object.limit = options.longs === $String ? $util.Long.prototype.toString.call(message.limit) : options.longs === $Number ? new $util.LongBits(message.limit.low >>> 0, message.limit.high >>> 0).toNumber() : message.limit;
            if (message.revision != null && $Object.hasOwnProperty.call(message, "revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.revision = typeof message.revision === "number" ? $BigInt(message.revision) : $util.Long.fromBits(message.revision.low >>> 0, message.revision.high >>> 0, false).toBigInt();
                else if (typeof message.revision === "number")
                    object.revision = options.longs === $String ? $String(message.revision) : message.revision;
                else
                    object.revision = options.longs === $String ? $util.Long.prototype.toString.call(message.revision) : options.longs === $Number ? new $util.LongBits(message.revision.low >>> 0, message.revision.high >>> 0).toNumber() : message.revision;
            if (message.sort_order != null && $Object.hasOwnProperty.call(message, "sort_order"))
                object.sort_order = options.enums === $String ? $root.etcdserverpb.RangeRequest.SortOrder[message.sort_order] === $undefined ? message.sort_order : $root.etcdserverpb.RangeRequest.SortOrder[message.sort_order] : message.sort_order;
            if (message.sort_target != null && $Object.hasOwnProperty.call(message, "sort_target"))
                object.sort_target = options.enums === $String ? $root.etcdserverpb.RangeRequest.SortTarget[message.sort_target] === $undefined ? message.sort_target : $root.etcdserverpb.RangeRequest.SortTarget[message.sort_target] : message.sort_target;
            if (message.serializable != null && $Object.hasOwnProperty.call(message, "serializable"))
                object.serializable = message.serializable;
            if (message.keys_only != null && $Object.hasOwnProperty.call(message, "keys_only"))
                object.keys_only = message.keys_only;
            if (message.count_only != null && $Object.hasOwnProperty.call(message, "count_only"))
                object.count_only = message.count_only;
            if (message.min_mod_revision != null && $Object.hasOwnProperty.call(message, "min_mod_revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.min_mod_revision = typeof message.min_mod_revision === "number" ? $BigInt(message.min_mod_revision) : $util.Long.fromBits(message.min_mod_revision.low >>> 0, message.min_mod_revision.high >>> 0, false).toBigInt();
                else if (typeof message.min_mod_revision === "number")
                    object.min_mod_revision = options.longs === $String ? $String(message.min_mod_revision) : message.min_mod_revision;
                else
                    object.min_mod_revision = options.longs === $String ? $util.Long.prototype.toString.call(message.min_mod_revision) : options.longs === $Number ? new $util.LongBits(message.min_mod_revision.low >>> 0, message.min_mod_revision.high >>> 0).toNumber() : message.min_mod_revision;
            if (message.max_mod_revision != null && $Object.hasOwnProperty.call(message, "max_mod_revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.max_mod_revision = typeof message.max_mod_revision === "number" ? $BigInt(message.max_mod_revision) : $util.Long.fromBits(message.max_mod_revision.low >>> 0, message.max_mod_revision.high >>> 0, false).toBigInt();
                else if (typeof message.max_mod_revision === "number")
                    object.max_mod_revision = options.longs === $String ? $String(message.max_mod_revision) : message.max_mod_revision;
                else
                    object.max_mod_revision = options.longs === $String ? $util.Long.prototype.toString.call(message.max_mod_revision) : options.longs === $Number ? new $util.LongBits(message.max_mod_revision.low >>> 0, message.max_mod_revision.high >>> 0).toNumber() : message.max_mod_revision;
            if (message.min_create_revision != null && $Object.hasOwnProperty.call(message, "min_create_revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.min_create_revision = typeof message.min_create_revision === "number" ? $BigInt(message.min_create_revision) : $util.Long.fromBits(message.min_create_revision.low >>> 0, message.min_create_revision.high >>> 0, false).toBigInt();
                else if (typeof message.min_create_revision === "number")
                    object.min_create_revision = options.longs === $String ? $String(message.min_create_revision) : message.min_create_revision;
                else
                    object.min_create_revision = options.longs === $String ? $util.Long.prototype.toString.call(message.min_create_revision) : options.longs === $Number ? new $util.LongBits(message.min_create_revision.low >>> 0, message.min_create_revision.high >>> 0).toNumber() : message.min_create_revision;
            if (message.max_create_revision != null && $Object.hasOwnProperty.call(message, "max_create_revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.max_create_revision = typeof message.max_create_revision === "number" ? $BigInt(message.max_create_revision) : $util.Long.fromBits(message.max_create_revision.low >>> 0, message.max_create_revision.high >>> 0, false).toBigInt();
                else if (typeof message.max_create_revision === "number")
                    object.max_create_revision = options.longs === $String ? $String(message.max_create_revision) : message.max_create_revision;
                else
                    object.max_create_revision = options.longs === $String ? $util.Long.prototype.toString.call(message.max_create_revision) : options.longs === $Number ? new $util.LongBits(message.max_create_revision.low >>> 0, message.max_create_revision.high >>> 0).toNumber() : message.max_create_revision;
            return object;
        };

        RangeRequest.prototype.toJSON = function() {
            return RangeRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        RangeRequest.SortOrder = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "NONE"] = 0;
            values[valuesById[1] = "ASCEND"] = 1;
            values[valuesById[2] = "DESCEND"] = 2;
            return values;
        })();

        RangeRequest.SortTarget = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "KEY"] = 0;
            values[valuesById[1] = "VERSION"] = 1;
            values[valuesById[2] = "CREATE"] = 2;
            values[valuesById[3] = "MOD"] = 3;
            values[valuesById[4] = "VALUE"] = 4;
            return values;
        })();

        return RangeRequest;
    })();

    etcdserverpb.RangeResponse = (function() {

        const RangeResponse = function (properties) {
            this.kvs = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RangeResponse.prototype.header = null;
        RangeResponse.prototype.kvs = $util.emptyArray;
        RangeResponse.prototype.more = false;
        RangeResponse.prototype.count = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        RangeResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.kvs != null && message.kvs.length)
                for (let i = 0; i < message.kvs.length; ++i)
                    $root.mvccpb.KeyValue.encode(message.kvs[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.more != null && $Object.hasOwnProperty.call(message, "more") && message.more !== false)
                writer.uint32(24).bool(message.more);
            if (message.count != null && $Object.hasOwnProperty.call(message, "count") && (typeof message.count === "object" ? message.count.low || message.count.high : message.count !== 0))
                writer.uint32(32).int64(message.count);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RangeResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.RangeResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.kvs && message.kvs.length))
                            message.kvs = [];
                        message.kvs.push($root.mvccpb.KeyValue.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.more = value;
                        else
                            delete message.more;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.count = value;
                        else
                            delete message.count;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        RangeResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.RangeResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.RangeResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.RangeResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.RangeResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.kvs) {
                if (!$Array.isArray(object.kvs))
                    throw $TypeError(".etcdserverpb.RangeResponse.kvs: array expected");
                message.kvs = $Array(object.kvs.length);
                for (let i = 0; i < object.kvs.length; ++i) {
                    if (!$util.isObject(object.kvs[i]))
                        throw $TypeError(".etcdserverpb.RangeResponse.kvs: object expected");
                    message.kvs[i] = $root.mvccpb.KeyValue.fromObject(object.kvs[i], _depth + 1);
                }
            }
            if (object.more != null)
                if (object.more)
                    message.more = $Boolean(object.more);
            if (object.count != null)
                if (typeof object.count === "object" ? object.count.low || object.count.high : $Number(object.count) !== 0)
                    if ($util.Long)
                        message.count = $util.Long.fromValue(object.count, false);
                    else if (typeof object.count === "string")
                        message.count = $parseInt(object.count, 10);
                    else if (typeof object.count === "number")
                        message.count = object.count;
                    else if (typeof object.count === "object")
                        message.count = new $util.LongBits(object.count.low >>> 0, object.count.high >>> 0).toNumber();
            return message;
        };

        RangeResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.kvs = [];
            if (options.defaults) {
                object.header = null;
                object.more = false;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.count = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.count = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.kvs && message.kvs.length) {
                object.kvs = $Array(message.kvs.length);
                for (let j = 0; j < message.kvs.length; ++j)
                    object.kvs[j] = $root.mvccpb.KeyValue.toObject(message.kvs[j], options, _depth + 1);
            }
            if (message.more != null && $Object.hasOwnProperty.call(message, "more"))
                object.more = message.more;
            if (message.count != null && $Object.hasOwnProperty.call(message, "count"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.count = typeof message.count === "number" ? $BigInt(message.count) : $util.Long.fromBits(message.count.low >>> 0, message.count.high >>> 0, false).toBigInt();
                else if (typeof message.count === "number")
                    object.count = options.longs === $String ? $String(message.count) : message.count;
                else
                    object.count = options.longs === $String ? $util.Long.prototype.toString.call(message.count) : options.longs === $Number ? new $util.LongBits(message.count.low >>> 0, message.count.high >>> 0).toNumber() : message.count;
            return object;
        };

        RangeResponse.prototype.toJSON = function() {
            return RangeResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return RangeResponse;
    })();

    etcdserverpb.PutRequest = (function() {

        const PutRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PutRequest.prototype.key = $util.newBuffer([]);
        PutRequest.prototype.value = $util.newBuffer([]);
        PutRequest.prototype.lease = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        PutRequest.prototype.prev_kv = false;
        PutRequest.prototype.ignore_value = false;
        PutRequest.prototype.ignore_lease = false;

        PutRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key.length)
                writer.uint32(10).bytes(message.key);
            if (message.value != null && $Object.hasOwnProperty.call(message, "value") && message.value.length)
                writer.uint32(18).bytes(message.value);
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease") && (typeof message.lease === "object" ? message.lease.low || message.lease.high : message.lease !== 0))
                writer.uint32(24).int64(message.lease);
            if (message.prev_kv != null && $Object.hasOwnProperty.call(message, "prev_kv") && message.prev_kv !== false)
                writer.uint32(32).bool(message.prev_kv);
            if (message.ignore_value != null && $Object.hasOwnProperty.call(message, "ignore_value") && message.ignore_value !== false)
                writer.uint32(40).bool(message.ignore_value);
            if (message.ignore_lease != null && $Object.hasOwnProperty.call(message, "ignore_lease") && message.ignore_lease !== false)
                writer.uint32(48).bool(message.ignore_lease);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PutRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.PutRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.value = value;
                        else
                            delete message.value;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.lease = value;
                        else
                            delete message.lease;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.prev_kv = value;
                        else
                            delete message.prev_kv;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.ignore_value = value;
                        else
                            delete message.ignore_value;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.ignore_lease = value;
                        else
                            delete message.ignore_lease;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        PutRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.PutRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.PutRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.PutRequest();
            if (object.key != null)
                if (object.key.length)
                    if (typeof object.key === "string")
                        $util.base64.decode(object.key, message.key = $util.newBuffer($util.base64.length(object.key)), 0);
                    else if (object.key.length >= 0)
                        message.key = object.key;
            if (object.value != null)
                if (object.value.length)
                    if (typeof object.value === "string")
                        $util.base64.decode(object.value, message.value = $util.newBuffer($util.base64.length(object.value)), 0);
                    else if (object.value.length >= 0)
                        message.value = object.value;
            if (object.lease != null)
                if (typeof object.lease === "object" ? object.lease.low || object.lease.high : $Number(object.lease) !== 0)
                    if ($util.Long)
                        message.lease = $util.Long.fromValue(object.lease, false);
                    else if (typeof object.lease === "string")
                        message.lease = $parseInt(object.lease, 10);
                    else if (typeof object.lease === "number")
                        message.lease = object.lease;
                    else if (typeof object.lease === "object")
                        message.lease = new $util.LongBits(object.lease.low >>> 0, object.lease.high >>> 0).toNumber();
            if (object.prev_kv != null)
                if (object.prev_kv)
                    message.prev_kv = $Boolean(object.prev_kv);
            if (object.ignore_value != null)
                if (object.ignore_value)
                    message.ignore_value = $Boolean(object.ignore_value);
            if (object.ignore_lease != null)
                if (object.ignore_lease)
                    message.ignore_lease = $Boolean(object.ignore_lease);
            return message;
        };

        PutRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if (options.bytes === $String)
                    object.key = "";
                else {
                    object.key = [];
                    if (options.bytes !== $Array)
                        object.key = $util.newBuffer(object.key);
                }
                if (options.bytes === $String)
                    object.value = "";
                else {
                    object.value = [];
                    if (options.bytes !== $Array)
                        object.value = $util.newBuffer(object.value);
                }
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.lease = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.lease = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.prev_kv = false;
                object.ignore_value = false;
                object.ignore_lease = false;
            }
            if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                object.key = options.bytes === $String ? $util.base64.encode(message.key, 0, message.key.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.key) : message.key;
            if (message.value != null && $Object.hasOwnProperty.call(message, "value"))
                object.value = options.bytes === $String ? $util.base64.encode(message.value, 0, message.value.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.value) : message.value;
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.lease = typeof message.lease === "number" ? $BigInt(message.lease) : $util.Long.fromBits(message.lease.low >>> 0, message.lease.high >>> 0, false).toBigInt();
                else if (typeof message.lease === "number")
                    object.lease = options.longs === $String ? $String(message.lease) : message.lease;
                else
                    object.lease = options.longs === $String ? $util.Long.prototype.toString.call(message.lease) : options.longs === $Number ? new $util.LongBits(message.lease.low >>> 0, message.lease.high >>> 0).toNumber() : message.lease;
            if (message.prev_kv != null && $Object.hasOwnProperty.call(message, "prev_kv"))
                object.prev_kv = message.prev_kv;
            if (message.ignore_value != null && $Object.hasOwnProperty.call(message, "ignore_value"))
                object.ignore_value = message.ignore_value;
            if (message.ignore_lease != null && $Object.hasOwnProperty.call(message, "ignore_lease"))
                object.ignore_lease = message.ignore_lease;
            return object;
        };

        PutRequest.prototype.toJSON = function() {
            return PutRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return PutRequest;
    })();

    etcdserverpb.PutResponse = (function() {

        const PutResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PutResponse.prototype.header = null;
        PutResponse.prototype.prev_kv = null;

        PutResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.prev_kv != null && $Object.hasOwnProperty.call(message, "prev_kv"))
                $root.mvccpb.KeyValue.encode(message.prev_kv, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PutResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.PutResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.prev_kv = $root.mvccpb.KeyValue.decode(reader, reader.size(), $undefined, _depth + 1, message.prev_kv);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        PutResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.PutResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.PutResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.PutResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.PutResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.prev_kv != null) {
                if (!$util.isObject(object.prev_kv))
                    throw $TypeError(".etcdserverpb.PutResponse.prev_kv: object expected");
                message.prev_kv = $root.mvccpb.KeyValue.fromObject(object.prev_kv, _depth + 1);
            }
            return message;
        };

        PutResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.header = null;
                object.prev_kv = null;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.prev_kv != null && $Object.hasOwnProperty.call(message, "prev_kv"))
                object.prev_kv = $root.mvccpb.KeyValue.toObject(message.prev_kv, options, _depth + 1);
            return object;
        };

        PutResponse.prototype.toJSON = function() {
            return PutResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return PutResponse;
    })();

    etcdserverpb.DeleteRangeRequest = (function() {

        const DeleteRangeRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DeleteRangeRequest.prototype.key = $util.newBuffer([]);
        DeleteRangeRequest.prototype.range_end = $util.newBuffer([]);
        DeleteRangeRequest.prototype.prev_kv = false;

        DeleteRangeRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key.length)
                writer.uint32(10).bytes(message.key);
            if (message.range_end != null && $Object.hasOwnProperty.call(message, "range_end") && message.range_end.length)
                writer.uint32(18).bytes(message.range_end);
            if (message.prev_kv != null && $Object.hasOwnProperty.call(message, "prev_kv") && message.prev_kv !== false)
                writer.uint32(24).bool(message.prev_kv);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DeleteRangeRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.DeleteRangeRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.range_end = value;
                        else
                            delete message.range_end;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.prev_kv = value;
                        else
                            delete message.prev_kv;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        DeleteRangeRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.DeleteRangeRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.DeleteRangeRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.DeleteRangeRequest();
            if (object.key != null)
                if (object.key.length)
                    if (typeof object.key === "string")
                        $util.base64.decode(object.key, message.key = $util.newBuffer($util.base64.length(object.key)), 0);
                    else if (object.key.length >= 0)
                        message.key = object.key;
            if (object.range_end != null)
                if (object.range_end.length)
                    if (typeof object.range_end === "string")
                        $util.base64.decode(object.range_end, message.range_end = $util.newBuffer($util.base64.length(object.range_end)), 0);
                    else if (object.range_end.length >= 0)
                        message.range_end = object.range_end;
            if (object.prev_kv != null)
                if (object.prev_kv)
                    message.prev_kv = $Boolean(object.prev_kv);
            return message;
        };

        DeleteRangeRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if (options.bytes === $String)
                    object.key = "";
                else {
                    object.key = [];
                    if (options.bytes !== $Array)
                        object.key = $util.newBuffer(object.key);
                }
                if (options.bytes === $String)
                    object.range_end = "";
                else {
                    object.range_end = [];
                    if (options.bytes !== $Array)
                        object.range_end = $util.newBuffer(object.range_end);
                }
                object.prev_kv = false;
            }
            if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                object.key = options.bytes === $String ? $util.base64.encode(message.key, 0, message.key.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.key) : message.key;
            if (message.range_end != null && $Object.hasOwnProperty.call(message, "range_end"))
                object.range_end = options.bytes === $String ? $util.base64.encode(message.range_end, 0, message.range_end.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.range_end) : message.range_end;
            if (message.prev_kv != null && $Object.hasOwnProperty.call(message, "prev_kv"))
                object.prev_kv = message.prev_kv;
            return object;
        };

        DeleteRangeRequest.prototype.toJSON = function() {
            return DeleteRangeRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return DeleteRangeRequest;
    })();

    etcdserverpb.DeleteRangeResponse = (function() {

        const DeleteRangeResponse = function (properties) {
            this.prev_kvs = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DeleteRangeResponse.prototype.header = null;
        DeleteRangeResponse.prototype.deleted = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        DeleteRangeResponse.prototype.prev_kvs = $util.emptyArray;

        DeleteRangeResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.deleted != null && $Object.hasOwnProperty.call(message, "deleted") && (typeof message.deleted === "object" ? message.deleted.low || message.deleted.high : message.deleted !== 0))
                writer.uint32(16).int64(message.deleted);
            if (message.prev_kvs != null && message.prev_kvs.length)
                for (let i = 0; i < message.prev_kvs.length; ++i)
                    $root.mvccpb.KeyValue.encode(message.prev_kvs[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DeleteRangeResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.DeleteRangeResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.deleted = value;
                        else
                            delete message.deleted;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.prev_kvs && message.prev_kvs.length))
                            message.prev_kvs = [];
                        message.prev_kvs.push($root.mvccpb.KeyValue.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        DeleteRangeResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.DeleteRangeResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.DeleteRangeResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.DeleteRangeResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.DeleteRangeResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.deleted != null)
                if (typeof object.deleted === "object" ? object.deleted.low || object.deleted.high : $Number(object.deleted) !== 0)
                    if ($util.Long)
                        message.deleted = $util.Long.fromValue(object.deleted, false);
                    else if (typeof object.deleted === "string")
                        message.deleted = $parseInt(object.deleted, 10);
                    else if (typeof object.deleted === "number")
                        message.deleted = object.deleted;
                    else if (typeof object.deleted === "object")
                        message.deleted = new $util.LongBits(object.deleted.low >>> 0, object.deleted.high >>> 0).toNumber();
            if (object.prev_kvs) {
                if (!$Array.isArray(object.prev_kvs))
                    throw $TypeError(".etcdserverpb.DeleteRangeResponse.prev_kvs: array expected");
                message.prev_kvs = $Array(object.prev_kvs.length);
                for (let i = 0; i < object.prev_kvs.length; ++i) {
                    if (!$util.isObject(object.prev_kvs[i]))
                        throw $TypeError(".etcdserverpb.DeleteRangeResponse.prev_kvs: object expected");
                    message.prev_kvs[i] = $root.mvccpb.KeyValue.fromObject(object.prev_kvs[i], _depth + 1);
                }
            }
            return message;
        };

        DeleteRangeResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.prev_kvs = [];
            if (options.defaults) {
                object.header = null;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.deleted = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.deleted = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.deleted != null && $Object.hasOwnProperty.call(message, "deleted"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.deleted = typeof message.deleted === "number" ? $BigInt(message.deleted) : $util.Long.fromBits(message.deleted.low >>> 0, message.deleted.high >>> 0, false).toBigInt();
                else if (typeof message.deleted === "number")
                    object.deleted = options.longs === $String ? $String(message.deleted) : message.deleted;
                else
                    object.deleted = options.longs === $String ? $util.Long.prototype.toString.call(message.deleted) : options.longs === $Number ? new $util.LongBits(message.deleted.low >>> 0, message.deleted.high >>> 0).toNumber() : message.deleted;
            if (message.prev_kvs && message.prev_kvs.length) {
                object.prev_kvs = $Array(message.prev_kvs.length);
                for (let j = 0; j < message.prev_kvs.length; ++j)
                    object.prev_kvs[j] = $root.mvccpb.KeyValue.toObject(message.prev_kvs[j], options, _depth + 1);
            }
            return object;
        };

        DeleteRangeResponse.prototype.toJSON = function() {
            return DeleteRangeResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return DeleteRangeResponse;
    })();

    etcdserverpb.RequestOp = (function() {

        const RequestOp = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RequestOp.prototype.request_range = null;
        RequestOp.prototype.request_put = null;
        RequestOp.prototype.request_delete_range = null;
        RequestOp.prototype.request_txn = null;

        let $oneOfFields;

        $Object.defineProperty(RequestOp.prototype, "request", {
            get: $util.oneOfGetter($oneOfFields = ["request_range", "request_put", "request_delete_range", "request_txn"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        RequestOp.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.request_range != null && $Object.hasOwnProperty.call(message, "request_range"))
                $root.etcdserverpb.RangeRequest.encode(message.request_range, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.request_put != null && $Object.hasOwnProperty.call(message, "request_put"))
                $root.etcdserverpb.PutRequest.encode(message.request_put, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.request_delete_range != null && $Object.hasOwnProperty.call(message, "request_delete_range"))
                $root.etcdserverpb.DeleteRangeRequest.encode(message.request_delete_range, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.request_txn != null && $Object.hasOwnProperty.call(message, "request_txn"))
                $root.etcdserverpb.TxnRequest.encode(message.request_txn, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RequestOp.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.RequestOp();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.request_range = $root.etcdserverpb.RangeRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.request_range);
                        message.request = "request_range";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.request_put = $root.etcdserverpb.PutRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.request_put);
                        message.request = "request_put";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.request_delete_range = $root.etcdserverpb.DeleteRangeRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.request_delete_range);
                        message.request = "request_delete_range";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.request_txn = $root.etcdserverpb.TxnRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.request_txn);
                        message.request = "request_txn";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        RequestOp.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.RequestOp)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.RequestOp: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.RequestOp();
            if (object.request_range != null) {
                if (!$util.isObject(object.request_range))
                    throw $TypeError(".etcdserverpb.RequestOp.request_range: object expected");
                message.request_range = $root.etcdserverpb.RangeRequest.fromObject(object.request_range, _depth + 1);
            }
            if (object.request_put != null) {
                if (!$util.isObject(object.request_put))
                    throw $TypeError(".etcdserverpb.RequestOp.request_put: object expected");
                message.request_put = $root.etcdserverpb.PutRequest.fromObject(object.request_put, _depth + 1);
            }
            if (object.request_delete_range != null) {
                if (!$util.isObject(object.request_delete_range))
                    throw $TypeError(".etcdserverpb.RequestOp.request_delete_range: object expected");
                message.request_delete_range = $root.etcdserverpb.DeleteRangeRequest.fromObject(object.request_delete_range, _depth + 1);
            }
            if (object.request_txn != null) {
                if (!$util.isObject(object.request_txn))
                    throw $TypeError(".etcdserverpb.RequestOp.request_txn: object expected");
                message.request_txn = $root.etcdserverpb.TxnRequest.fromObject(object.request_txn, _depth + 1);
            }
            return message;
        };

        RequestOp.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (message.request_range != null && $Object.hasOwnProperty.call(message, "request_range")) {
                object.request_range = $root.etcdserverpb.RangeRequest.toObject(message.request_range, options, _depth + 1);
                if (options.oneofs)
                    object.request = "request_range";
            }
            if (message.request_put != null && $Object.hasOwnProperty.call(message, "request_put")) {
                object.request_put = $root.etcdserverpb.PutRequest.toObject(message.request_put, options, _depth + 1);
                if (options.oneofs)
                    object.request = "request_put";
            }
            if (message.request_delete_range != null && $Object.hasOwnProperty.call(message, "request_delete_range")) {
                object.request_delete_range = $root.etcdserverpb.DeleteRangeRequest.toObject(message.request_delete_range, options, _depth + 1);
                if (options.oneofs)
                    object.request = "request_delete_range";
            }
            if (message.request_txn != null && $Object.hasOwnProperty.call(message, "request_txn")) {
                object.request_txn = $root.etcdserverpb.TxnRequest.toObject(message.request_txn, options, _depth + 1);
                if (options.oneofs)
                    object.request = "request_txn";
            }
            return object;
        };

        RequestOp.prototype.toJSON = function() {
            return RequestOp.toObject(this, $protobuf.util.toJSONOptions);
        };

        return RequestOp;
    })();

    etcdserverpb.ResponseOp = (function() {

        const ResponseOp = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ResponseOp.prototype.response_range = null;
        ResponseOp.prototype.response_put = null;
        ResponseOp.prototype.response_delete_range = null;
        ResponseOp.prototype.response_txn = null;

        let $oneOfFields;

        $Object.defineProperty(ResponseOp.prototype, "response", {
            get: $util.oneOfGetter($oneOfFields = ["response_range", "response_put", "response_delete_range", "response_txn"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        ResponseOp.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.response_range != null && $Object.hasOwnProperty.call(message, "response_range"))
                $root.etcdserverpb.RangeResponse.encode(message.response_range, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.response_put != null && $Object.hasOwnProperty.call(message, "response_put"))
                $root.etcdserverpb.PutResponse.encode(message.response_put, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.response_delete_range != null && $Object.hasOwnProperty.call(message, "response_delete_range"))
                $root.etcdserverpb.DeleteRangeResponse.encode(message.response_delete_range, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.response_txn != null && $Object.hasOwnProperty.call(message, "response_txn"))
                $root.etcdserverpb.TxnResponse.encode(message.response_txn, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ResponseOp.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.ResponseOp();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.response_range = $root.etcdserverpb.RangeResponse.decode(reader, reader.size(), $undefined, _depth + 1, message.response_range);
                        message.response = "response_range";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.response_put = $root.etcdserverpb.PutResponse.decode(reader, reader.size(), $undefined, _depth + 1, message.response_put);
                        message.response = "response_put";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.response_delete_range = $root.etcdserverpb.DeleteRangeResponse.decode(reader, reader.size(), $undefined, _depth + 1, message.response_delete_range);
                        message.response = "response_delete_range";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.response_txn = $root.etcdserverpb.TxnResponse.decode(reader, reader.size(), $undefined, _depth + 1, message.response_txn);
                        message.response = "response_txn";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ResponseOp.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.ResponseOp)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.ResponseOp: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.ResponseOp();
            if (object.response_range != null) {
                if (!$util.isObject(object.response_range))
                    throw $TypeError(".etcdserverpb.ResponseOp.response_range: object expected");
                message.response_range = $root.etcdserverpb.RangeResponse.fromObject(object.response_range, _depth + 1);
            }
            if (object.response_put != null) {
                if (!$util.isObject(object.response_put))
                    throw $TypeError(".etcdserverpb.ResponseOp.response_put: object expected");
                message.response_put = $root.etcdserverpb.PutResponse.fromObject(object.response_put, _depth + 1);
            }
            if (object.response_delete_range != null) {
                if (!$util.isObject(object.response_delete_range))
                    throw $TypeError(".etcdserverpb.ResponseOp.response_delete_range: object expected");
                message.response_delete_range = $root.etcdserverpb.DeleteRangeResponse.fromObject(object.response_delete_range, _depth + 1);
            }
            if (object.response_txn != null) {
                if (!$util.isObject(object.response_txn))
                    throw $TypeError(".etcdserverpb.ResponseOp.response_txn: object expected");
                message.response_txn = $root.etcdserverpb.TxnResponse.fromObject(object.response_txn, _depth + 1);
            }
            return message;
        };

        ResponseOp.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (message.response_range != null && $Object.hasOwnProperty.call(message, "response_range")) {
                object.response_range = $root.etcdserverpb.RangeResponse.toObject(message.response_range, options, _depth + 1);
                if (options.oneofs)
                    object.response = "response_range";
            }
            if (message.response_put != null && $Object.hasOwnProperty.call(message, "response_put")) {
                object.response_put = $root.etcdserverpb.PutResponse.toObject(message.response_put, options, _depth + 1);
                if (options.oneofs)
                    object.response = "response_put";
            }
            if (message.response_delete_range != null && $Object.hasOwnProperty.call(message, "response_delete_range")) {
                object.response_delete_range = $root.etcdserverpb.DeleteRangeResponse.toObject(message.response_delete_range, options, _depth + 1);
                if (options.oneofs)
                    object.response = "response_delete_range";
            }
            if (message.response_txn != null && $Object.hasOwnProperty.call(message, "response_txn")) {
                object.response_txn = $root.etcdserverpb.TxnResponse.toObject(message.response_txn, options, _depth + 1);
                if (options.oneofs)
                    object.response = "response_txn";
            }
            return object;
        };

        ResponseOp.prototype.toJSON = function() {
            return ResponseOp.toObject(this, $protobuf.util.toJSONOptions);
        };

        return ResponseOp;
    })();

    etcdserverpb.Compare = (function() {

        const Compare = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Compare.prototype.result = 0;
        Compare.prototype.target = 0;
        Compare.prototype.key = $util.newBuffer([]);
        Compare.prototype.version = null;
        Compare.prototype.create_revision = null;
        Compare.prototype.mod_revision = null;
        Compare.prototype.value = null;
        Compare.prototype.lease = null;
        Compare.prototype.range_end = $util.newBuffer([]);

        let $oneOfFields;

        $Object.defineProperty(Compare.prototype, "target_union", {
            get: $util.oneOfGetter($oneOfFields = ["version", "create_revision", "mod_revision", "value", "lease"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        Compare.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.result != null && $Object.hasOwnProperty.call(message, "result") && message.result !== 0)
                writer.uint32(8).int32(message.result);
            if (message.target != null && $Object.hasOwnProperty.call(message, "target") && message.target !== 0)
                writer.uint32(16).int32(message.target);
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key.length)
                writer.uint32(26).bytes(message.key);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                writer.uint32(32).int64(message.version);
            if (message.create_revision != null && $Object.hasOwnProperty.call(message, "create_revision"))
                writer.uint32(40).int64(message.create_revision);
            if (message.mod_revision != null && $Object.hasOwnProperty.call(message, "mod_revision"))
                writer.uint32(48).int64(message.mod_revision);
            if (message.value != null && $Object.hasOwnProperty.call(message, "value"))
                writer.uint32(58).bytes(message.value);
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease"))
                writer.uint32(64).int64(message.lease);
            if (message.range_end != null && $Object.hasOwnProperty.call(message, "range_end") && message.range_end.length)
                writer.uint32(514).bytes(message.range_end);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Compare.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.Compare();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.result = value;
                        else
                            delete message.result;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.target = value;
                        else
                            delete message.target;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        message.version = reader.int64();
                        message.target_union = "version";
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        message.create_revision = reader.int64();
                        message.target_union = "create_revision";
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        message.mod_revision = reader.int64();
                        message.target_union = "mod_revision";
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.value = reader.bytes();
                        message.target_union = "value";
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        message.lease = reader.int64();
                        message.target_union = "lease";
                        continue;
                    }
                case 64: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.range_end = value;
                        else
                            delete message.range_end;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Compare.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.Compare)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.Compare: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.Compare();
            if (object.result !== 0 && (typeof object.result !== "string" || $root.etcdserverpb.Compare.CompareResult[object.result] !== 0))
                switch (object.result) {
                case "EQUAL":
                case 0:
                    message.result = 0;
                    break;
                case "GREATER":
                case 1:
                    message.result = 1;
                    break;
                case "LESS":
                case 2:
                    message.result = 2;
                    break;
                case "NOT_EQUAL":
                case 3:
                    message.result = 3;
                    break;
                default:
                    if (typeof object.result === "number" && (object.result | 0) === object.result)
                        message.result = object.result;
                }
            if (object.target !== 0 && (typeof object.target !== "string" || $root.etcdserverpb.Compare.CompareTarget[object.target] !== 0))
                switch (object.target) {
                case "VERSION":
                case 0:
                    message.target = 0;
                    break;
                case "CREATE":
                case 1:
                    message.target = 1;
                    break;
                case "MOD":
                case 2:
                    message.target = 2;
                    break;
                case "VALUE":
                case 3:
                    message.target = 3;
                    break;
                case "LEASE":
                case 4:
                    message.target = 4;
                    break;
                default:
                    if (typeof object.target === "number" && (object.target | 0) === object.target)
                        message.target = object.target;
                }
            if (object.key != null)
                if (object.key.length)
                    if (typeof object.key === "string")
                        $util.base64.decode(object.key, message.key = $util.newBuffer($util.base64.length(object.key)), 0);
                    else if (object.key.length >= 0)
                        message.key = object.key;
            if (object.version != null)
                if ($util.Long)
                    message.version = $util.Long.fromValue(object.version, false);
                else if (typeof object.version === "string")
                    message.version = $parseInt(object.version, 10);
                else if (typeof object.version === "number")
                    message.version = object.version;
                else if (typeof object.version === "object")
                    message.version = new $util.LongBits(object.version.low >>> 0, object.version.high >>> 0).toNumber();
            if (object.create_revision != null)
                if ($util.Long)
                    message.create_revision = $util.Long.fromValue(object.create_revision, false);
                else if (typeof object.create_revision === "string")
                    message.create_revision = $parseInt(object.create_revision, 10);
                else if (typeof object.create_revision === "number")
                    message.create_revision = object.create_revision;
                else if (typeof object.create_revision === "object")
                    message.create_revision = new $util.LongBits(object.create_revision.low >>> 0, object.create_revision.high >>> 0).toNumber();
            if (object.mod_revision != null)
                if ($util.Long)
                    message.mod_revision = $util.Long.fromValue(object.mod_revision, false);
                else if (typeof object.mod_revision === "string")
                    message.mod_revision = $parseInt(object.mod_revision, 10);
                else if (typeof object.mod_revision === "number")
                    message.mod_revision = object.mod_revision;
                else if (typeof object.mod_revision === "object")
                    message.mod_revision = new $util.LongBits(object.mod_revision.low >>> 0, object.mod_revision.high >>> 0).toNumber();
            if (object.value != null)
                if (typeof object.value === "string")
                    $util.base64.decode(object.value, message.value = $util.newBuffer($util.base64.length(object.value)), 0);
                else if (object.value.length >= 0)
                    message.value = object.value;
            if (object.lease != null)
                if ($util.Long)
                    message.lease = $util.Long.fromValue(object.lease, false);
                else if (typeof object.lease === "string")
                    message.lease = $parseInt(object.lease, 10);
                else if (typeof object.lease === "number")
                    message.lease = object.lease;
                else if (typeof object.lease === "object")
                    message.lease = new $util.LongBits(object.lease.low >>> 0, object.lease.high >>> 0).toNumber();
            if (object.range_end != null)
                if (object.range_end.length)
                    if (typeof object.range_end === "string")
                        $util.base64.decode(object.range_end, message.range_end = $util.newBuffer($util.base64.length(object.range_end)), 0);
                    else if (object.range_end.length >= 0)
                        message.range_end = object.range_end;
            return message;
        };

        Compare.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.result = options.enums === $String ? "EQUAL" : 0;
                object.target = options.enums === $String ? "VERSION" : 0;
                if (options.bytes === $String)
                    object.key = "";
                else {
                    object.key = [];
                    if (options.bytes !== $Array)
                        object.key = $util.newBuffer(object.key);
                }
                if (options.bytes === $String)
                    object.range_end = "";
                else {
                    object.range_end = [];
                    if (options.bytes !== $Array)
                        object.range_end = $util.newBuffer(object.range_end);
                }
            }
            if (message.result != null && $Object.hasOwnProperty.call(message, "result"))
                object.result = options.enums === $String ? $root.etcdserverpb.Compare.CompareResult[message.result] === $undefined ? message.result : $root.etcdserverpb.Compare.CompareResult[message.result] : message.result;
            if (message.target != null && $Object.hasOwnProperty.call(message, "target"))
                object.target = options.enums === $String ? $root.etcdserverpb.Compare.CompareTarget[message.target] === $undefined ? message.target : $root.etcdserverpb.Compare.CompareTarget[message.target] : message.target;
            if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                object.key = options.bytes === $String ? $util.base64.encode(message.key, 0, message.key.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.key) : message.key;
            if (message.version != null && $Object.hasOwnProperty.call(message, "version")) {
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.version = typeof message.version === "number" ? $BigInt(message.version) : $util.Long.fromBits(message.version.low >>> 0, message.version.high >>> 0, false).toBigInt();
                else if (typeof message.version === "number")
                    object.version = options.longs === $String ? $String(message.version) : message.version;
                else
                    object.version = options.longs === $String ? $util.Long.prototype.toString.call(message.version) : options.longs === $Number ? new $util.LongBits(message.version.low >>> 0, message.version.high >>> 0).toNumber() : message.version;
                if (options.oneofs)
                    object.target_union = "version";
            }
            if (message.create_revision != null && $Object.hasOwnProperty.call(message, "create_revision")) {
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.create_revision = typeof message.create_revision === "number" ? $BigInt(message.create_revision) : $util.Long.fromBits(message.create_revision.low >>> 0, message.create_revision.high >>> 0, false).toBigInt();
                else if (typeof message.create_revision === "number")
                    object.create_revision = options.longs === $String ? $String(message.create_revision) : message.create_revision;
                else
                    object.create_revision = options.longs === $String ? $util.Long.prototype.toString.call(message.create_revision) : options.longs === $Number ? new $util.LongBits(message.create_revision.low >>> 0, message.create_revision.high >>> 0).toNumber() : message.create_revision;
                if (options.oneofs)
                    object.target_union = "create_revision";
            }
            if (message.mod_revision != null && $Object.hasOwnProperty.call(message, "mod_revision")) {
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.mod_revision = typeof message.mod_revision === "number" ? $BigInt(message.mod_revision) : $util.Long.fromBits(message.mod_revision.low >>> 0, message.mod_revision.high >>> 0, false).toBigInt();
                else if (typeof message.mod_revision === "number")
                    object.mod_revision = options.longs === $String ? $String(message.mod_revision) : message.mod_revision;
                else
                    object.mod_revision = options.longs === $String ? $util.Long.prototype.toString.call(message.mod_revision) : options.longs === $Number ? new $util.LongBits(message.mod_revision.low >>> 0, message.mod_revision.high >>> 0).toNumber() : message.mod_revision;
                if (options.oneofs)
                    object.target_union = "mod_revision";
            }
            if (message.value != null && $Object.hasOwnProperty.call(message, "value")) {
                object.value = options.bytes === $String ? $util.base64.encode(message.value, 0, message.value.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.value) : message.value;
                if (options.oneofs)
                    object.target_union = "value";
            }
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease")) {
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.lease = typeof message.lease === "number" ? $BigInt(message.lease) : $util.Long.fromBits(message.lease.low >>> 0, message.lease.high >>> 0, false).toBigInt();
                else if (typeof message.lease === "number")
                    object.lease = options.longs === $String ? $String(message.lease) : message.lease;
                else
                    object.lease = options.longs === $String ? $util.Long.prototype.toString.call(message.lease) : options.longs === $Number ? new $util.LongBits(message.lease.low >>> 0, message.lease.high >>> 0).toNumber() : message.lease;
                if (options.oneofs)
                    object.target_union = "lease";
            }
            if (message.range_end != null && $Object.hasOwnProperty.call(message, "range_end"))
                object.range_end = options.bytes === $String ? $util.base64.encode(message.range_end, 0, message.range_end.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.range_end) : message.range_end;
            return object;
        };

        Compare.prototype.toJSON = function() {
            return Compare.toObject(this, $protobuf.util.toJSONOptions);
        };

        Compare.CompareResult = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "EQUAL"] = 0;
            values[valuesById[1] = "GREATER"] = 1;
            values[valuesById[2] = "LESS"] = 2;
            values[valuesById[3] = "NOT_EQUAL"] = 3;
            return values;
        })();

        Compare.CompareTarget = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "VERSION"] = 0;
            values[valuesById[1] = "CREATE"] = 1;
            values[valuesById[2] = "MOD"] = 2;
            values[valuesById[3] = "VALUE"] = 3;
            values[valuesById[4] = "LEASE"] = 4;
            return values;
        })();

        return Compare;
    })();

    etcdserverpb.TxnRequest = (function() {

        const TxnRequest = function (properties) {
            this.compare = [];
            this.success = [];
            this.failure = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        TxnRequest.prototype.compare = $util.emptyArray;
        TxnRequest.prototype.success = $util.emptyArray;
        TxnRequest.prototype.failure = $util.emptyArray;

        TxnRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.compare != null && message.compare.length)
                for (let i = 0; i < message.compare.length; ++i)
                    $root.etcdserverpb.Compare.encode(message.compare[i], writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.success != null && message.success.length)
                for (let i = 0; i < message.success.length; ++i)
                    $root.etcdserverpb.RequestOp.encode(message.success[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.failure != null && message.failure.length)
                for (let i = 0; i < message.failure.length; ++i)
                    $root.etcdserverpb.RequestOp.encode(message.failure[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        TxnRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.TxnRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.compare && message.compare.length))
                            message.compare = [];
                        message.compare.push($root.etcdserverpb.Compare.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.success && message.success.length))
                            message.success = [];
                        message.success.push($root.etcdserverpb.RequestOp.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.failure && message.failure.length))
                            message.failure = [];
                        message.failure.push($root.etcdserverpb.RequestOp.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        TxnRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.TxnRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.TxnRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.TxnRequest();
            if (object.compare) {
                if (!$Array.isArray(object.compare))
                    throw $TypeError(".etcdserverpb.TxnRequest.compare: array expected");
                message.compare = $Array(object.compare.length);
                for (let i = 0; i < object.compare.length; ++i) {
                    if (!$util.isObject(object.compare[i]))
                        throw $TypeError(".etcdserverpb.TxnRequest.compare: object expected");
                    message.compare[i] = $root.etcdserverpb.Compare.fromObject(object.compare[i], _depth + 1);
                }
            }
            if (object.success) {
                if (!$Array.isArray(object.success))
                    throw $TypeError(".etcdserverpb.TxnRequest.success: array expected");
                message.success = $Array(object.success.length);
                for (let i = 0; i < object.success.length; ++i) {
                    if (!$util.isObject(object.success[i]))
                        throw $TypeError(".etcdserverpb.TxnRequest.success: object expected");
                    message.success[i] = $root.etcdserverpb.RequestOp.fromObject(object.success[i], _depth + 1);
                }
            }
            if (object.failure) {
                if (!$Array.isArray(object.failure))
                    throw $TypeError(".etcdserverpb.TxnRequest.failure: array expected");
                message.failure = $Array(object.failure.length);
                for (let i = 0; i < object.failure.length; ++i) {
                    if (!$util.isObject(object.failure[i]))
                        throw $TypeError(".etcdserverpb.TxnRequest.failure: object expected");
                    message.failure[i] = $root.etcdserverpb.RequestOp.fromObject(object.failure[i], _depth + 1);
                }
            }
            return message;
        };

        TxnRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.compare = [];
                object.success = [];
                object.failure = [];
            }
            if (message.compare && message.compare.length) {
                object.compare = $Array(message.compare.length);
                for (let j = 0; j < message.compare.length; ++j)
                    object.compare[j] = $root.etcdserverpb.Compare.toObject(message.compare[j], options, _depth + 1);
            }
            if (message.success && message.success.length) {
                object.success = $Array(message.success.length);
                for (let j = 0; j < message.success.length; ++j)
                    object.success[j] = $root.etcdserverpb.RequestOp.toObject(message.success[j], options, _depth + 1);
            }
            if (message.failure && message.failure.length) {
                object.failure = $Array(message.failure.length);
                for (let j = 0; j < message.failure.length; ++j)
                    object.failure[j] = $root.etcdserverpb.RequestOp.toObject(message.failure[j], options, _depth + 1);
            }
            return object;
        };

        TxnRequest.prototype.toJSON = function() {
            return TxnRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return TxnRequest;
    })();

    etcdserverpb.TxnResponse = (function() {

        const TxnResponse = function (properties) {
            this.responses = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        TxnResponse.prototype.header = null;
        TxnResponse.prototype.succeeded = false;
        TxnResponse.prototype.responses = $util.emptyArray;

        TxnResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.succeeded != null && $Object.hasOwnProperty.call(message, "succeeded") && message.succeeded !== false)
                writer.uint32(16).bool(message.succeeded);
            if (message.responses != null && message.responses.length)
                for (let i = 0; i < message.responses.length; ++i)
                    $root.etcdserverpb.ResponseOp.encode(message.responses[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        TxnResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.TxnResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.succeeded = value;
                        else
                            delete message.succeeded;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.responses && message.responses.length))
                            message.responses = [];
                        message.responses.push($root.etcdserverpb.ResponseOp.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        TxnResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.TxnResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.TxnResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.TxnResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.TxnResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.succeeded != null)
                if (object.succeeded)
                    message.succeeded = $Boolean(object.succeeded);
            if (object.responses) {
                if (!$Array.isArray(object.responses))
                    throw $TypeError(".etcdserverpb.TxnResponse.responses: array expected");
                message.responses = $Array(object.responses.length);
                for (let i = 0; i < object.responses.length; ++i) {
                    if (!$util.isObject(object.responses[i]))
                        throw $TypeError(".etcdserverpb.TxnResponse.responses: object expected");
                    message.responses[i] = $root.etcdserverpb.ResponseOp.fromObject(object.responses[i], _depth + 1);
                }
            }
            return message;
        };

        TxnResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.responses = [];
            if (options.defaults) {
                object.header = null;
                object.succeeded = false;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.succeeded != null && $Object.hasOwnProperty.call(message, "succeeded"))
                object.succeeded = message.succeeded;
            if (message.responses && message.responses.length) {
                object.responses = $Array(message.responses.length);
                for (let j = 0; j < message.responses.length; ++j)
                    object.responses[j] = $root.etcdserverpb.ResponseOp.toObject(message.responses[j], options, _depth + 1);
            }
            return object;
        };

        TxnResponse.prototype.toJSON = function() {
            return TxnResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return TxnResponse;
    })();

    etcdserverpb.CompactionRequest = (function() {

        const CompactionRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CompactionRequest.prototype.revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        CompactionRequest.prototype.physical = false;

        CompactionRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.revision != null && $Object.hasOwnProperty.call(message, "revision") && (typeof message.revision === "object" ? message.revision.low || message.revision.high : message.revision !== 0))
                writer.uint32(8).int64(message.revision);
            if (message.physical != null && $Object.hasOwnProperty.call(message, "physical") && message.physical !== false)
                writer.uint32(16).bool(message.physical);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CompactionRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.CompactionRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.revision = value;
                        else
                            delete message.revision;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.physical = value;
                        else
                            delete message.physical;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        CompactionRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.CompactionRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.CompactionRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.CompactionRequest();
            if (object.revision != null)
                if (typeof object.revision === "object" ? object.revision.low || object.revision.high : $Number(object.revision) !== 0)
                    if ($util.Long)
                        message.revision = $util.Long.fromValue(object.revision, false);
                    else if (typeof object.revision === "string")
                        message.revision = $parseInt(object.revision, 10);
                    else if (typeof object.revision === "number")
                        message.revision = object.revision;
                    else if (typeof object.revision === "object")
                        message.revision = new $util.LongBits(object.revision.low >>> 0, object.revision.high >>> 0).toNumber();
            if (object.physical != null)
                if (object.physical)
                    message.physical = $Boolean(object.physical);
            return message;
        };

        CompactionRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.physical = false;
            }
            if (message.revision != null && $Object.hasOwnProperty.call(message, "revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.revision = typeof message.revision === "number" ? $BigInt(message.revision) : $util.Long.fromBits(message.revision.low >>> 0, message.revision.high >>> 0, false).toBigInt();
                else if (typeof message.revision === "number")
                    object.revision = options.longs === $String ? $String(message.revision) : message.revision;
                else
                    object.revision = options.longs === $String ? $util.Long.prototype.toString.call(message.revision) : options.longs === $Number ? new $util.LongBits(message.revision.low >>> 0, message.revision.high >>> 0).toNumber() : message.revision;
            if (message.physical != null && $Object.hasOwnProperty.call(message, "physical"))
                object.physical = message.physical;
            return object;
        };

        CompactionRequest.prototype.toJSON = function() {
            return CompactionRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return CompactionRequest;
    })();

    etcdserverpb.CompactionResponse = (function() {

        const CompactionResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CompactionResponse.prototype.header = null;

        CompactionResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CompactionResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.CompactionResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        CompactionResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.CompactionResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.CompactionResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.CompactionResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.CompactionResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        CompactionResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        CompactionResponse.prototype.toJSON = function() {
            return CompactionResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return CompactionResponse;
    })();

    etcdserverpb.HashRequest = (function() {

        const HashRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HashRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HashRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.HashRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        HashRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.HashRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.HashRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            return new $root.etcdserverpb.HashRequest();
        };

        HashRequest.toObject = function () {
            return {};
        };

        HashRequest.prototype.toJSON = function() {
            return HashRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return HashRequest;
    })();

    etcdserverpb.HashKVRequest = (function() {

        const HashKVRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HashKVRequest.prototype.revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        HashKVRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.revision != null && $Object.hasOwnProperty.call(message, "revision") && (typeof message.revision === "object" ? message.revision.low || message.revision.high : message.revision !== 0))
                writer.uint32(8).int64(message.revision);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HashKVRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.HashKVRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.revision = value;
                        else
                            delete message.revision;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        HashKVRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.HashKVRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.HashKVRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.HashKVRequest();
            if (object.revision != null)
                if (typeof object.revision === "object" ? object.revision.low || object.revision.high : $Number(object.revision) !== 0)
                    if ($util.Long)
                        message.revision = $util.Long.fromValue(object.revision, false);
                    else if (typeof object.revision === "string")
                        message.revision = $parseInt(object.revision, 10);
                    else if (typeof object.revision === "number")
                        message.revision = object.revision;
                    else if (typeof object.revision === "object")
                        message.revision = new $util.LongBits(object.revision.low >>> 0, object.revision.high >>> 0).toNumber();
            return message;
        };

        HashKVRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            if (message.revision != null && $Object.hasOwnProperty.call(message, "revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.revision = typeof message.revision === "number" ? $BigInt(message.revision) : $util.Long.fromBits(message.revision.low >>> 0, message.revision.high >>> 0, false).toBigInt();
                else if (typeof message.revision === "number")
                    object.revision = options.longs === $String ? $String(message.revision) : message.revision;
                else
                    object.revision = options.longs === $String ? $util.Long.prototype.toString.call(message.revision) : options.longs === $Number ? new $util.LongBits(message.revision.low >>> 0, message.revision.high >>> 0).toNumber() : message.revision;
            return object;
        };

        HashKVRequest.prototype.toJSON = function() {
            return HashKVRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return HashKVRequest;
    })();

    etcdserverpb.HashKVResponse = (function() {

        const HashKVResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HashKVResponse.prototype.header = null;
        HashKVResponse.prototype.hash = 0;
        HashKVResponse.prototype.compact_revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        HashKVResponse.prototype.hash_revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        HashKVResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash") && message.hash !== 0)
                writer.uint32(16).uint32(message.hash);
            if (message.compact_revision != null && $Object.hasOwnProperty.call(message, "compact_revision") && (typeof message.compact_revision === "object" ? message.compact_revision.low || message.compact_revision.high : message.compact_revision !== 0))
                writer.uint32(24).int64(message.compact_revision);
            if (message.hash_revision != null && $Object.hasOwnProperty.call(message, "hash_revision") && (typeof message.hash_revision === "object" ? message.hash_revision.low || message.hash_revision.high : message.hash_revision !== 0))
                writer.uint32(32).int64(message.hash_revision);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HashKVResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.HashKVResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.hash = value;
                        else
                            delete message.hash;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.compact_revision = value;
                        else
                            delete message.compact_revision;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.hash_revision = value;
                        else
                            delete message.hash_revision;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        HashKVResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.HashKVResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.HashKVResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.HashKVResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.HashKVResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.hash != null)
                if ($Number(object.hash) !== 0)
                    message.hash = object.hash >>> 0;
            if (object.compact_revision != null)
                if (typeof object.compact_revision === "object" ? object.compact_revision.low || object.compact_revision.high : $Number(object.compact_revision) !== 0)
                    if ($util.Long)
                        message.compact_revision = $util.Long.fromValue(object.compact_revision, false);
                    else if (typeof object.compact_revision === "string")
                        message.compact_revision = $parseInt(object.compact_revision, 10);
                    else if (typeof object.compact_revision === "number")
                        message.compact_revision = object.compact_revision;
                    else if (typeof object.compact_revision === "object")
                        message.compact_revision = new $util.LongBits(object.compact_revision.low >>> 0, object.compact_revision.high >>> 0).toNumber();
            if (object.hash_revision != null)
                if (typeof object.hash_revision === "object" ? object.hash_revision.low || object.hash_revision.high : $Number(object.hash_revision) !== 0)
                    if ($util.Long)
                        message.hash_revision = $util.Long.fromValue(object.hash_revision, false);
                    else if (typeof object.hash_revision === "string")
                        message.hash_revision = $parseInt(object.hash_revision, 10);
                    else if (typeof object.hash_revision === "number")
                        message.hash_revision = object.hash_revision;
                    else if (typeof object.hash_revision === "object")
                        message.hash_revision = new $util.LongBits(object.hash_revision.low >>> 0, object.hash_revision.high >>> 0).toNumber();
            return message;
        };

        HashKVResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.header = null;
                object.hash = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.compact_revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.compact_revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.hash_revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.hash_revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash"))
                object.hash = message.hash;
            if (message.compact_revision != null && $Object.hasOwnProperty.call(message, "compact_revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.compact_revision = typeof message.compact_revision === "number" ? $BigInt(message.compact_revision) : $util.Long.fromBits(message.compact_revision.low >>> 0, message.compact_revision.high >>> 0, false).toBigInt();
                else if (typeof message.compact_revision === "number")
                    object.compact_revision = options.longs === $String ? $String(message.compact_revision) : message.compact_revision;
                else
                    object.compact_revision = options.longs === $String ? $util.Long.prototype.toString.call(message.compact_revision) : options.longs === $Number ? new $util.LongBits(message.compact_revision.low >>> 0, message.compact_revision.high >>> 0).toNumber() : message.compact_revision;
            if (message.hash_revision != null && $Object.hasOwnProperty.call(message, "hash_revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.hash_revision = typeof message.hash_revision === "number" ? $BigInt(message.hash_revision) : $util.Long.fromBits(message.hash_revision.low >>> 0, message.hash_revision.high >>> 0, false).toBigInt();
                else if (typeof message.hash_revision === "number")
                    object.hash_revision = options.longs === $String ? $String(message.hash_revision) : message.hash_revision;
                else
                    object.hash_revision = options.longs === $String ? $util.Long.prototype.toString.call(message.hash_revision) : options.longs === $Number ? new $util.LongBits(message.hash_revision.low >>> 0, message.hash_revision.high >>> 0).toNumber() : message.hash_revision;
            return object;
        };

        HashKVResponse.prototype.toJSON = function() {
            return HashKVResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return HashKVResponse;
    })();

    etcdserverpb.HashResponse = (function() {

        const HashResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HashResponse.prototype.header = null;
        HashResponse.prototype.hash = 0;

        HashResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash") && message.hash !== 0)
                writer.uint32(16).uint32(message.hash);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HashResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.HashResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.hash = value;
                        else
                            delete message.hash;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        HashResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.HashResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.HashResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.HashResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.HashResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.hash != null)
                if ($Number(object.hash) !== 0)
                    message.hash = object.hash >>> 0;
            return message;
        };

        HashResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.header = null;
                object.hash = 0;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash"))
                object.hash = message.hash;
            return object;
        };

        HashResponse.prototype.toJSON = function() {
            return HashResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return HashResponse;
    })();

    etcdserverpb.SnapshotRequest = (function() {

        const SnapshotRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        SnapshotRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        SnapshotRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.SnapshotRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        SnapshotRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.SnapshotRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.SnapshotRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            return new $root.etcdserverpb.SnapshotRequest();
        };

        SnapshotRequest.toObject = function () {
            return {};
        };

        SnapshotRequest.prototype.toJSON = function() {
            return SnapshotRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return SnapshotRequest;
    })();

    etcdserverpb.SnapshotResponse = (function() {

        const SnapshotResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        SnapshotResponse.prototype.header = null;
        SnapshotResponse.prototype.remaining_bytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        SnapshotResponse.prototype.blob = $util.newBuffer([]);
        SnapshotResponse.prototype.version = "";

        SnapshotResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.remaining_bytes != null && $Object.hasOwnProperty.call(message, "remaining_bytes") && (typeof message.remaining_bytes === "object" ? message.remaining_bytes.low || message.remaining_bytes.high : message.remaining_bytes !== 0))
                writer.uint32(16).uint64(message.remaining_bytes);
            if (message.blob != null && $Object.hasOwnProperty.call(message, "blob") && message.blob.length)
                writer.uint32(26).bytes(message.blob);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(34).string(message.version);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        SnapshotResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.SnapshotResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.remaining_bytes = value;
                        else
                            delete message.remaining_bytes;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.blob = value;
                        else
                            delete message.blob;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        SnapshotResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.SnapshotResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.SnapshotResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.SnapshotResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.SnapshotResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.remaining_bytes != null)
                if (typeof object.remaining_bytes === "object" ? object.remaining_bytes.low || object.remaining_bytes.high : $Number(object.remaining_bytes) !== 0)
                    if ($util.Long)
                        message.remaining_bytes = $util.Long.fromValue(object.remaining_bytes, true);
                    else if (typeof object.remaining_bytes === "string")
                        message.remaining_bytes = $parseInt(object.remaining_bytes, 10);
                    else if (typeof object.remaining_bytes === "number")
                        message.remaining_bytes = object.remaining_bytes;
                    else if (typeof object.remaining_bytes === "object")
                        message.remaining_bytes = new $util.LongBits(object.remaining_bytes.low >>> 0, object.remaining_bytes.high >>> 0).toNumber(true);
            if (object.blob != null)
                if (object.blob.length)
                    if (typeof object.blob === "string")
                        $util.base64.decode(object.blob, message.blob = $util.newBuffer($util.base64.length(object.blob)), 0);
                    else if (object.blob.length >= 0)
                        message.blob = object.blob;
            if (object.version != null)
                if (typeof object.version !== "string" || object.version.length)
                    message.version = $String(object.version);
            return message;
        };

        SnapshotResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.header = null;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.remaining_bytes = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.remaining_bytes = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if (options.bytes === $String)
                    object.blob = "";
                else {
                    object.blob = [];
                    if (options.bytes !== $Array)
                        object.blob = $util.newBuffer(object.blob);
                }
                object.version = "";
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.remaining_bytes != null && $Object.hasOwnProperty.call(message, "remaining_bytes"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.remaining_bytes = typeof message.remaining_bytes === "number" ? $BigInt(message.remaining_bytes) : $util.Long.fromBits(message.remaining_bytes.low >>> 0, message.remaining_bytes.high >>> 0, true).toBigInt();
                else if (typeof message.remaining_bytes === "number")
                    object.remaining_bytes = options.longs === $String ? $String(message.remaining_bytes) : message.remaining_bytes;
                else
                    object.remaining_bytes = options.longs === $String ? $util.Long.prototype.toString.call(message.remaining_bytes) : options.longs === $Number ? new $util.LongBits(message.remaining_bytes.low >>> 0, message.remaining_bytes.high >>> 0).toNumber(true) : message.remaining_bytes;
            if (message.blob != null && $Object.hasOwnProperty.call(message, "blob"))
                object.blob = options.bytes === $String ? $util.base64.encode(message.blob, 0, message.blob.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.blob) : message.blob;
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                object.version = message.version;
            return object;
        };

        SnapshotResponse.prototype.toJSON = function() {
            return SnapshotResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return SnapshotResponse;
    })();

    etcdserverpb.WatchRequest = (function() {

        const WatchRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        WatchRequest.prototype.create_request = null;
        WatchRequest.prototype.cancel_request = null;
        WatchRequest.prototype.progress_request = null;

        let $oneOfFields;

        $Object.defineProperty(WatchRequest.prototype, "request_union", {
            get: $util.oneOfGetter($oneOfFields = ["create_request", "cancel_request", "progress_request"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        WatchRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.create_request != null && $Object.hasOwnProperty.call(message, "create_request"))
                $root.etcdserverpb.WatchCreateRequest.encode(message.create_request, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.cancel_request != null && $Object.hasOwnProperty.call(message, "cancel_request"))
                $root.etcdserverpb.WatchCancelRequest.encode(message.cancel_request, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.progress_request != null && $Object.hasOwnProperty.call(message, "progress_request"))
                $root.etcdserverpb.WatchProgressRequest.encode(message.progress_request, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        WatchRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.WatchRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.create_request = $root.etcdserverpb.WatchCreateRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.create_request);
                        message.request_union = "create_request";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.cancel_request = $root.etcdserverpb.WatchCancelRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.cancel_request);
                        message.request_union = "cancel_request";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.progress_request = $root.etcdserverpb.WatchProgressRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.progress_request);
                        message.request_union = "progress_request";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        WatchRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.WatchRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.WatchRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.WatchRequest();
            if (object.create_request != null) {
                if (!$util.isObject(object.create_request))
                    throw $TypeError(".etcdserverpb.WatchRequest.create_request: object expected");
                message.create_request = $root.etcdserverpb.WatchCreateRequest.fromObject(object.create_request, _depth + 1);
            }
            if (object.cancel_request != null) {
                if (!$util.isObject(object.cancel_request))
                    throw $TypeError(".etcdserverpb.WatchRequest.cancel_request: object expected");
                message.cancel_request = $root.etcdserverpb.WatchCancelRequest.fromObject(object.cancel_request, _depth + 1);
            }
            if (object.progress_request != null) {
                if (!$util.isObject(object.progress_request))
                    throw $TypeError(".etcdserverpb.WatchRequest.progress_request: object expected");
                message.progress_request = $root.etcdserverpb.WatchProgressRequest.fromObject(object.progress_request, _depth + 1);
            }
            return message;
        };

        WatchRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (message.create_request != null && $Object.hasOwnProperty.call(message, "create_request")) {
                object.create_request = $root.etcdserverpb.WatchCreateRequest.toObject(message.create_request, options, _depth + 1);
                if (options.oneofs)
                    object.request_union = "create_request";
            }
            if (message.cancel_request != null && $Object.hasOwnProperty.call(message, "cancel_request")) {
                object.cancel_request = $root.etcdserverpb.WatchCancelRequest.toObject(message.cancel_request, options, _depth + 1);
                if (options.oneofs)
                    object.request_union = "cancel_request";
            }
            if (message.progress_request != null && $Object.hasOwnProperty.call(message, "progress_request")) {
                object.progress_request = $root.etcdserverpb.WatchProgressRequest.toObject(message.progress_request, options, _depth + 1);
                if (options.oneofs)
                    object.request_union = "progress_request";
            }
            return object;
        };

        WatchRequest.prototype.toJSON = function() {
            return WatchRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return WatchRequest;
    })();

    etcdserverpb.WatchCreateRequest = (function() {

        const WatchCreateRequest = function (properties) {
            this.filters = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        WatchCreateRequest.prototype.key = $util.newBuffer([]);
        WatchCreateRequest.prototype.range_end = $util.newBuffer([]);
        WatchCreateRequest.prototype.start_revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        WatchCreateRequest.prototype.progress_notify = false;
        WatchCreateRequest.prototype.filters = $util.emptyArray;
        WatchCreateRequest.prototype.prev_kv = false;
        WatchCreateRequest.prototype.watch_id = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        WatchCreateRequest.prototype.fragment = false;

        WatchCreateRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key.length)
                writer.uint32(10).bytes(message.key);
            if (message.range_end != null && $Object.hasOwnProperty.call(message, "range_end") && message.range_end.length)
                writer.uint32(18).bytes(message.range_end);
            if (message.start_revision != null && $Object.hasOwnProperty.call(message, "start_revision") && (typeof message.start_revision === "object" ? message.start_revision.low || message.start_revision.high : message.start_revision !== 0))
                writer.uint32(24).int64(message.start_revision);
            if (message.progress_notify != null && $Object.hasOwnProperty.call(message, "progress_notify") && message.progress_notify !== false)
                writer.uint32(32).bool(message.progress_notify);
            if (message.filters != null && message.filters.length)
                writer.uint32(42).int32s(message.filters);
            if (message.prev_kv != null && $Object.hasOwnProperty.call(message, "prev_kv") && message.prev_kv !== false)
                writer.uint32(48).bool(message.prev_kv);
            if (message.watch_id != null && $Object.hasOwnProperty.call(message, "watch_id") && (typeof message.watch_id === "object" ? message.watch_id.low || message.watch_id.high : message.watch_id !== 0))
                writer.uint32(56).int64(message.watch_id);
            if (message.fragment != null && $Object.hasOwnProperty.call(message, "fragment") && message.fragment !== false)
                writer.uint32(64).bool(message.fragment);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        WatchCreateRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.WatchCreateRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.range_end = value;
                        else
                            delete message.range_end;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.start_revision = value;
                        else
                            delete message.start_revision;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.progress_notify = value;
                        else
                            delete message.progress_notify;
                        continue;
                    }
                case 5: {
                        if (wireType === 2) {
                            if (!(message.filters && message.filters.length))
                                message.filters = [];
                            reader.int32s(message.filters);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.filters && message.filters.length))
                            message.filters = [];
                        message.filters.push(reader.int32());
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.prev_kv = value;
                        else
                            delete message.prev_kv;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.watch_id = value;
                        else
                            delete message.watch_id;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.fragment = value;
                        else
                            delete message.fragment;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        WatchCreateRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.WatchCreateRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.WatchCreateRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.WatchCreateRequest();
            if (object.key != null)
                if (object.key.length)
                    if (typeof object.key === "string")
                        $util.base64.decode(object.key, message.key = $util.newBuffer($util.base64.length(object.key)), 0);
                    else if (object.key.length >= 0)
                        message.key = object.key;
            if (object.range_end != null)
                if (object.range_end.length)
                    if (typeof object.range_end === "string")
                        $util.base64.decode(object.range_end, message.range_end = $util.newBuffer($util.base64.length(object.range_end)), 0);
                    else if (object.range_end.length >= 0)
                        message.range_end = object.range_end;
            if (object.start_revision != null)
                if (typeof object.start_revision === "object" ? object.start_revision.low || object.start_revision.high : $Number(object.start_revision) !== 0)
                    if ($util.Long)
                        message.start_revision = $util.Long.fromValue(object.start_revision, false);
                    else if (typeof object.start_revision === "string")
                        message.start_revision = $parseInt(object.start_revision, 10);
                    else if (typeof object.start_revision === "number")
                        message.start_revision = object.start_revision;
                    else if (typeof object.start_revision === "object")
                        message.start_revision = new $util.LongBits(object.start_revision.low >>> 0, object.start_revision.high >>> 0).toNumber();
            if (object.progress_notify != null)
                if (object.progress_notify)
                    message.progress_notify = $Boolean(object.progress_notify);
            if (object.filters) {
                if (!$Array.isArray(object.filters))
                    throw $TypeError(".etcdserverpb.WatchCreateRequest.filters: array expected");
                message.filters = [];
                for (let i = 0; i < object.filters.length; ++i)
                    switch (object.filters[i]) {
                    case "NOPUT":
                    case 0:
                        message.filters[message.filters.length] = 0;
                        break;
                    case "NODELETE":
                    case 1:
                        message.filters[message.filters.length] = 1;
                        break;
                    default:
                        if (typeof object.filters[i] === "number" && (object.filters[i] | 0) === object.filters[i])
                            message.filters[message.filters.length] = object.filters[i];
                    }
            }
            if (object.prev_kv != null)
                if (object.prev_kv)
                    message.prev_kv = $Boolean(object.prev_kv);
            if (object.watch_id != null)
                if (typeof object.watch_id === "object" ? object.watch_id.low || object.watch_id.high : $Number(object.watch_id) !== 0)
                    if ($util.Long)
                        message.watch_id = $util.Long.fromValue(object.watch_id, false);
                    else if (typeof object.watch_id === "string")
                        message.watch_id = $parseInt(object.watch_id, 10);
                    else if (typeof object.watch_id === "number")
                        message.watch_id = object.watch_id;
                    else if (typeof object.watch_id === "object")
                        message.watch_id = new $util.LongBits(object.watch_id.low >>> 0, object.watch_id.high >>> 0).toNumber();
            if (object.fragment != null)
                if (object.fragment)
                    message.fragment = $Boolean(object.fragment);
            return message;
        };

        WatchCreateRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.filters = [];
            if (options.defaults) {
                if (options.bytes === $String)
                    object.key = "";
                else {
                    object.key = [];
                    if (options.bytes !== $Array)
                        object.key = $util.newBuffer(object.key);
                }
                if (options.bytes === $String)
                    object.range_end = "";
                else {
                    object.range_end = [];
                    if (options.bytes !== $Array)
                        object.range_end = $util.newBuffer(object.range_end);
                }
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.start_revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.start_revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.progress_notify = false;
                object.prev_kv = false;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.watch_id = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.watch_id = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.fragment = false;
            }
            if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                object.key = options.bytes === $String ? $util.base64.encode(message.key, 0, message.key.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.key) : message.key;
            if (message.range_end != null && $Object.hasOwnProperty.call(message, "range_end"))
                object.range_end = options.bytes === $String ? $util.base64.encode(message.range_end, 0, message.range_end.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.range_end) : message.range_end;
            if (message.start_revision != null && $Object.hasOwnProperty.call(message, "start_revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.start_revision = typeof message.start_revision === "number" ? $BigInt(message.start_revision) : $util.Long.fromBits(message.start_revision.low >>> 0, message.start_revision.high >>> 0, false).toBigInt();
                else if (typeof message.start_revision === "number")
                    object.start_revision = options.longs === $String ? $String(message.start_revision) : message.start_revision;
                else
                    object.start_revision = options.longs === $String ? $util.Long.prototype.toString.call(message.start_revision) : options.longs === $Number ? new $util.LongBits(message.start_revision.low >>> 0, message.start_revision.high >>> 0).toNumber() : message.start_revision;
            if (message.progress_notify != null && $Object.hasOwnProperty.call(message, "progress_notify"))
                object.progress_notify = message.progress_notify;
            if (message.filters && message.filters.length) {
                object.filters = $Array(message.filters.length);
                for (let j = 0; j < message.filters.length; ++j)
                    object.filters[j] = options.enums === $String ? $root.etcdserverpb.WatchCreateRequest.FilterType[message.filters[j]] === $undefined ? message.filters[j] : $root.etcdserverpb.WatchCreateRequest.FilterType[message.filters[j]] : message.filters[j];
            }
            if (message.prev_kv != null && $Object.hasOwnProperty.call(message, "prev_kv"))
                object.prev_kv = message.prev_kv;
            if (message.watch_id != null && $Object.hasOwnProperty.call(message, "watch_id"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.watch_id = typeof message.watch_id === "number" ? $BigInt(message.watch_id) : $util.Long.fromBits(message.watch_id.low >>> 0, message.watch_id.high >>> 0, false).toBigInt();
                else if (typeof message.watch_id === "number")
                    object.watch_id = options.longs === $String ? $String(message.watch_id) : message.watch_id;
                else
                    object.watch_id = options.longs === $String ? $util.Long.prototype.toString.call(message.watch_id) : options.longs === $Number ? new $util.LongBits(message.watch_id.low >>> 0, message.watch_id.high >>> 0).toNumber() : message.watch_id;
            if (message.fragment != null && $Object.hasOwnProperty.call(message, "fragment"))
                object.fragment = message.fragment;
            return object;
        };

        WatchCreateRequest.prototype.toJSON = function() {
            return WatchCreateRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        WatchCreateRequest.FilterType = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "NOPUT"] = 0;
            values[valuesById[1] = "NODELETE"] = 1;
            return values;
        })();

        return WatchCreateRequest;
    })();

    etcdserverpb.WatchCancelRequest = (function() {

        const WatchCancelRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        WatchCancelRequest.prototype.watch_id = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        WatchCancelRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.watch_id != null && $Object.hasOwnProperty.call(message, "watch_id") && (typeof message.watch_id === "object" ? message.watch_id.low || message.watch_id.high : message.watch_id !== 0))
                writer.uint32(8).int64(message.watch_id);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        WatchCancelRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.WatchCancelRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.watch_id = value;
                        else
                            delete message.watch_id;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        WatchCancelRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.WatchCancelRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.WatchCancelRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.WatchCancelRequest();
            if (object.watch_id != null)
                if (typeof object.watch_id === "object" ? object.watch_id.low || object.watch_id.high : $Number(object.watch_id) !== 0)
                    if ($util.Long)
                        message.watch_id = $util.Long.fromValue(object.watch_id, false);
                    else if (typeof object.watch_id === "string")
                        message.watch_id = $parseInt(object.watch_id, 10);
                    else if (typeof object.watch_id === "number")
                        message.watch_id = object.watch_id;
                    else if (typeof object.watch_id === "object")
                        message.watch_id = new $util.LongBits(object.watch_id.low >>> 0, object.watch_id.high >>> 0).toNumber();
            return message;
        };

        WatchCancelRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.watch_id = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.watch_id = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            if (message.watch_id != null && $Object.hasOwnProperty.call(message, "watch_id"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.watch_id = typeof message.watch_id === "number" ? $BigInt(message.watch_id) : $util.Long.fromBits(message.watch_id.low >>> 0, message.watch_id.high >>> 0, false).toBigInt();
                else if (typeof message.watch_id === "number")
                    object.watch_id = options.longs === $String ? $String(message.watch_id) : message.watch_id;
                else
                    object.watch_id = options.longs === $String ? $util.Long.prototype.toString.call(message.watch_id) : options.longs === $Number ? new $util.LongBits(message.watch_id.low >>> 0, message.watch_id.high >>> 0).toNumber() : message.watch_id;
            return object;
        };

        WatchCancelRequest.prototype.toJSON = function() {
            return WatchCancelRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return WatchCancelRequest;
    })();

    etcdserverpb.WatchProgressRequest = (function() {

        const WatchProgressRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        WatchProgressRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        WatchProgressRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.WatchProgressRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        WatchProgressRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.WatchProgressRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.WatchProgressRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            return new $root.etcdserverpb.WatchProgressRequest();
        };

        WatchProgressRequest.toObject = function () {
            return {};
        };

        WatchProgressRequest.prototype.toJSON = function() {
            return WatchProgressRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return WatchProgressRequest;
    })();

    etcdserverpb.WatchResponse = (function() {

        const WatchResponse = function (properties) {
            this.events = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        WatchResponse.prototype.header = null;
        WatchResponse.prototype.watch_id = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        WatchResponse.prototype.created = false;
        WatchResponse.prototype.canceled = false;
        WatchResponse.prototype.compact_revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        WatchResponse.prototype.cancel_reason = "";
        WatchResponse.prototype.fragment = false;
        WatchResponse.prototype.events = $util.emptyArray;

        WatchResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.watch_id != null && $Object.hasOwnProperty.call(message, "watch_id") && (typeof message.watch_id === "object" ? message.watch_id.low || message.watch_id.high : message.watch_id !== 0))
                writer.uint32(16).int64(message.watch_id);
            if (message.created != null && $Object.hasOwnProperty.call(message, "created") && message.created !== false)
                writer.uint32(24).bool(message.created);
            if (message.canceled != null && $Object.hasOwnProperty.call(message, "canceled") && message.canceled !== false)
                writer.uint32(32).bool(message.canceled);
            if (message.compact_revision != null && $Object.hasOwnProperty.call(message, "compact_revision") && (typeof message.compact_revision === "object" ? message.compact_revision.low || message.compact_revision.high : message.compact_revision !== 0))
                writer.uint32(40).int64(message.compact_revision);
            if (message.cancel_reason != null && $Object.hasOwnProperty.call(message, "cancel_reason") && message.cancel_reason !== "")
                writer.uint32(50).string(message.cancel_reason);
            if (message.fragment != null && $Object.hasOwnProperty.call(message, "fragment") && message.fragment !== false)
                writer.uint32(56).bool(message.fragment);
            if (message.events != null && message.events.length)
                for (let i = 0; i < message.events.length; ++i)
                    $root.mvccpb.Event.encode(message.events[i], writer.uint32(90).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        WatchResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.WatchResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.watch_id = value;
                        else
                            delete message.watch_id;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.created = value;
                        else
                            delete message.created;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.canceled = value;
                        else
                            delete message.canceled;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.compact_revision = value;
                        else
                            delete message.compact_revision;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.cancel_reason = value;
                        else
                            delete message.cancel_reason;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.fragment = value;
                        else
                            delete message.fragment;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if (!(message.events && message.events.length))
                            message.events = [];
                        message.events.push($root.mvccpb.Event.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        WatchResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.WatchResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.WatchResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.WatchResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.WatchResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.watch_id != null)
                if (typeof object.watch_id === "object" ? object.watch_id.low || object.watch_id.high : $Number(object.watch_id) !== 0)
                    if ($util.Long)
                        message.watch_id = $util.Long.fromValue(object.watch_id, false);
                    else if (typeof object.watch_id === "string")
                        message.watch_id = $parseInt(object.watch_id, 10);
                    else if (typeof object.watch_id === "number")
                        message.watch_id = object.watch_id;
                    else if (typeof object.watch_id === "object")
                        message.watch_id = new $util.LongBits(object.watch_id.low >>> 0, object.watch_id.high >>> 0).toNumber();
            if (object.created != null)
                if (object.created)
                    message.created = $Boolean(object.created);
            if (object.canceled != null)
                if (object.canceled)
                    message.canceled = $Boolean(object.canceled);
            if (object.compact_revision != null)
                if (typeof object.compact_revision === "object" ? object.compact_revision.low || object.compact_revision.high : $Number(object.compact_revision) !== 0)
                    if ($util.Long)
                        message.compact_revision = $util.Long.fromValue(object.compact_revision, false);
                    else if (typeof object.compact_revision === "string")
                        message.compact_revision = $parseInt(object.compact_revision, 10);
                    else if (typeof object.compact_revision === "number")
                        message.compact_revision = object.compact_revision;
                    else if (typeof object.compact_revision === "object")
                        message.compact_revision = new $util.LongBits(object.compact_revision.low >>> 0, object.compact_revision.high >>> 0).toNumber();
            if (object.cancel_reason != null)
                if (typeof object.cancel_reason !== "string" || object.cancel_reason.length)
                    message.cancel_reason = $String(object.cancel_reason);
            if (object.fragment != null)
                if (object.fragment)
                    message.fragment = $Boolean(object.fragment);
            if (object.events) {
                if (!$Array.isArray(object.events))
                    throw $TypeError(".etcdserverpb.WatchResponse.events: array expected");
                message.events = $Array(object.events.length);
                for (let i = 0; i < object.events.length; ++i) {
                    if (!$util.isObject(object.events[i]))
                        throw $TypeError(".etcdserverpb.WatchResponse.events: object expected");
                    message.events[i] = $root.mvccpb.Event.fromObject(object.events[i], _depth + 1);
                }
            }
            return message;
        };

        WatchResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.events = [];
            if (options.defaults) {
                object.header = null;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.watch_id = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.watch_id = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.created = false;
                object.canceled = false;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.compact_revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.compact_revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.cancel_reason = "";
                object.fragment = false;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.watch_id != null && $Object.hasOwnProperty.call(message, "watch_id"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.watch_id = typeof message.watch_id === "number" ? $BigInt(message.watch_id) : $util.Long.fromBits(message.watch_id.low >>> 0, message.watch_id.high >>> 0, false).toBigInt();
                else if (typeof message.watch_id === "number")
                    object.watch_id = options.longs === $String ? $String(message.watch_id) : message.watch_id;
                else
                    object.watch_id = options.longs === $String ? $util.Long.prototype.toString.call(message.watch_id) : options.longs === $Number ? new $util.LongBits(message.watch_id.low >>> 0, message.watch_id.high >>> 0).toNumber() : message.watch_id;
            if (message.created != null && $Object.hasOwnProperty.call(message, "created"))
                object.created = message.created;
            if (message.canceled != null && $Object.hasOwnProperty.call(message, "canceled"))
                object.canceled = message.canceled;
            if (message.compact_revision != null && $Object.hasOwnProperty.call(message, "compact_revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.compact_revision = typeof message.compact_revision === "number" ? $BigInt(message.compact_revision) : $util.Long.fromBits(message.compact_revision.low >>> 0, message.compact_revision.high >>> 0, false).toBigInt();
                else if (typeof message.compact_revision === "number")
                    object.compact_revision = options.longs === $String ? $String(message.compact_revision) : message.compact_revision;
                else
                    object.compact_revision = options.longs === $String ? $util.Long.prototype.toString.call(message.compact_revision) : options.longs === $Number ? new $util.LongBits(message.compact_revision.low >>> 0, message.compact_revision.high >>> 0).toNumber() : message.compact_revision;
            if (message.cancel_reason != null && $Object.hasOwnProperty.call(message, "cancel_reason"))
                object.cancel_reason = message.cancel_reason;
            if (message.fragment != null && $Object.hasOwnProperty.call(message, "fragment"))
                object.fragment = message.fragment;
            if (message.events && message.events.length) {
                object.events = $Array(message.events.length);
                for (let j = 0; j < message.events.length; ++j)
                    object.events[j] = $root.mvccpb.Event.toObject(message.events[j], options, _depth + 1);
            }
            return object;
        };

        WatchResponse.prototype.toJSON = function() {
            return WatchResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return WatchResponse;
    })();

    etcdserverpb.LeaseGrantRequest = (function() {

        const LeaseGrantRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseGrantRequest.prototype.TTL = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        LeaseGrantRequest.prototype.ID = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        LeaseGrantRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.TTL != null && $Object.hasOwnProperty.call(message, "TTL") && (typeof message.TTL === "object" ? message.TTL.low || message.TTL.high : message.TTL !== 0))
                writer.uint32(8).int64(message.TTL);
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID") && (typeof message.ID === "object" ? message.ID.low || message.ID.high : message.ID !== 0))
                writer.uint32(16).int64(message.ID);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseGrantRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseGrantRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.TTL = value;
                        else
                            delete message.TTL;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.ID = value;
                        else
                            delete message.ID;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseGrantRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseGrantRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseGrantRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.LeaseGrantRequest();
            if (object.TTL != null)
                if (typeof object.TTL === "object" ? object.TTL.low || object.TTL.high : $Number(object.TTL) !== 0)
                    if ($util.Long)
                        message.TTL = $util.Long.fromValue(object.TTL, false);
                    else if (typeof object.TTL === "string")
                        message.TTL = $parseInt(object.TTL, 10);
                    else if (typeof object.TTL === "number")
                        message.TTL = object.TTL;
                    else if (typeof object.TTL === "object")
                        message.TTL = new $util.LongBits(object.TTL.low >>> 0, object.TTL.high >>> 0).toNumber();
            if (object.ID != null)
                if (typeof object.ID === "object" ? object.ID.low || object.ID.high : $Number(object.ID) !== 0)
                    if ($util.Long)
                        message.ID = $util.Long.fromValue(object.ID, false);
                    else if (typeof object.ID === "string")
                        message.ID = $parseInt(object.ID, 10);
                    else if (typeof object.ID === "number")
                        message.ID = object.ID;
                    else if (typeof object.ID === "object")
                        message.ID = new $util.LongBits(object.ID.low >>> 0, object.ID.high >>> 0).toNumber();
            return message;
        };

        LeaseGrantRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.TTL = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.TTL = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.ID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.ID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.TTL != null && $Object.hasOwnProperty.call(message, "TTL"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.TTL = typeof message.TTL === "number" ? $BigInt(message.TTL) : $util.Long.fromBits(message.TTL.low >>> 0, message.TTL.high >>> 0, false).toBigInt();
                else if (typeof message.TTL === "number")
                    object.TTL = options.longs === $String ? $String(message.TTL) : message.TTL;
                else
                    object.TTL = options.longs === $String ? $util.Long.prototype.toString.call(message.TTL) : options.longs === $Number ? new $util.LongBits(message.TTL.low >>> 0, message.TTL.high >>> 0).toNumber() : message.TTL;
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.ID = typeof message.ID === "number" ? $BigInt(message.ID) : $util.Long.fromBits(message.ID.low >>> 0, message.ID.high >>> 0, false).toBigInt();
                else if (typeof message.ID === "number")
                    object.ID = options.longs === $String ? $String(message.ID) : message.ID;
                else
                    object.ID = options.longs === $String ? $util.Long.prototype.toString.call(message.ID) : options.longs === $Number ? new $util.LongBits(message.ID.low >>> 0, message.ID.high >>> 0).toNumber() : message.ID;
            return object;
        };

        LeaseGrantRequest.prototype.toJSON = function() {
            return LeaseGrantRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseGrantRequest;
    })();

    etcdserverpb.LeaseGrantResponse = (function() {

        const LeaseGrantResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseGrantResponse.prototype.header = null;
        LeaseGrantResponse.prototype.ID = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        LeaseGrantResponse.prototype.TTL = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        LeaseGrantResponse.prototype.error = "";

        LeaseGrantResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID") && (typeof message.ID === "object" ? message.ID.low || message.ID.high : message.ID !== 0))
                writer.uint32(16).int64(message.ID);
            if (message.TTL != null && $Object.hasOwnProperty.call(message, "TTL") && (typeof message.TTL === "object" ? message.TTL.low || message.TTL.high : message.TTL !== 0))
                writer.uint32(24).int64(message.TTL);
            if (message.error != null && $Object.hasOwnProperty.call(message, "error") && message.error !== "")
                writer.uint32(34).string(message.error);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseGrantResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseGrantResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.ID = value;
                        else
                            delete message.ID;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.TTL = value;
                        else
                            delete message.TTL;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.error = value;
                        else
                            delete message.error;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseGrantResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseGrantResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseGrantResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.LeaseGrantResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.LeaseGrantResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.ID != null)
                if (typeof object.ID === "object" ? object.ID.low || object.ID.high : $Number(object.ID) !== 0)
                    if ($util.Long)
                        message.ID = $util.Long.fromValue(object.ID, false);
                    else if (typeof object.ID === "string")
                        message.ID = $parseInt(object.ID, 10);
                    else if (typeof object.ID === "number")
                        message.ID = object.ID;
                    else if (typeof object.ID === "object")
                        message.ID = new $util.LongBits(object.ID.low >>> 0, object.ID.high >>> 0).toNumber();
            if (object.TTL != null)
                if (typeof object.TTL === "object" ? object.TTL.low || object.TTL.high : $Number(object.TTL) !== 0)
                    if ($util.Long)
                        message.TTL = $util.Long.fromValue(object.TTL, false);
                    else if (typeof object.TTL === "string")
                        message.TTL = $parseInt(object.TTL, 10);
                    else if (typeof object.TTL === "number")
                        message.TTL = object.TTL;
                    else if (typeof object.TTL === "object")
                        message.TTL = new $util.LongBits(object.TTL.low >>> 0, object.TTL.high >>> 0).toNumber();
            if (object.error != null)
                if (typeof object.error !== "string" || object.error.length)
                    message.error = $String(object.error);
            return message;
        };

        LeaseGrantResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.header = null;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.ID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.ID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.TTL = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.TTL = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.error = "";
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.ID = typeof message.ID === "number" ? $BigInt(message.ID) : $util.Long.fromBits(message.ID.low >>> 0, message.ID.high >>> 0, false).toBigInt();
                else if (typeof message.ID === "number")
                    object.ID = options.longs === $String ? $String(message.ID) : message.ID;
                else
                    object.ID = options.longs === $String ? $util.Long.prototype.toString.call(message.ID) : options.longs === $Number ? new $util.LongBits(message.ID.low >>> 0, message.ID.high >>> 0).toNumber() : message.ID;
            if (message.TTL != null && $Object.hasOwnProperty.call(message, "TTL"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.TTL = typeof message.TTL === "number" ? $BigInt(message.TTL) : $util.Long.fromBits(message.TTL.low >>> 0, message.TTL.high >>> 0, false).toBigInt();
                else if (typeof message.TTL === "number")
                    object.TTL = options.longs === $String ? $String(message.TTL) : message.TTL;
                else
                    object.TTL = options.longs === $String ? $util.Long.prototype.toString.call(message.TTL) : options.longs === $Number ? new $util.LongBits(message.TTL.low >>> 0, message.TTL.high >>> 0).toNumber() : message.TTL;
            if (message.error != null && $Object.hasOwnProperty.call(message, "error"))
                object.error = message.error;
            return object;
        };

        LeaseGrantResponse.prototype.toJSON = function() {
            return LeaseGrantResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseGrantResponse;
    })();

    etcdserverpb.LeaseRevokeRequest = (function() {

        const LeaseRevokeRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseRevokeRequest.prototype.ID = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        LeaseRevokeRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID") && (typeof message.ID === "object" ? message.ID.low || message.ID.high : message.ID !== 0))
                writer.uint32(8).int64(message.ID);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseRevokeRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseRevokeRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.ID = value;
                        else
                            delete message.ID;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseRevokeRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseRevokeRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseRevokeRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.LeaseRevokeRequest();
            if (object.ID != null)
                if (typeof object.ID === "object" ? object.ID.low || object.ID.high : $Number(object.ID) !== 0)
                    if ($util.Long)
                        message.ID = $util.Long.fromValue(object.ID, false);
                    else if (typeof object.ID === "string")
                        message.ID = $parseInt(object.ID, 10);
                    else if (typeof object.ID === "number")
                        message.ID = object.ID;
                    else if (typeof object.ID === "object")
                        message.ID = new $util.LongBits(object.ID.low >>> 0, object.ID.high >>> 0).toNumber();
            return message;
        };

        LeaseRevokeRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.ID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.ID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.ID = typeof message.ID === "number" ? $BigInt(message.ID) : $util.Long.fromBits(message.ID.low >>> 0, message.ID.high >>> 0, false).toBigInt();
                else if (typeof message.ID === "number")
                    object.ID = options.longs === $String ? $String(message.ID) : message.ID;
                else
                    object.ID = options.longs === $String ? $util.Long.prototype.toString.call(message.ID) : options.longs === $Number ? new $util.LongBits(message.ID.low >>> 0, message.ID.high >>> 0).toNumber() : message.ID;
            return object;
        };

        LeaseRevokeRequest.prototype.toJSON = function() {
            return LeaseRevokeRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseRevokeRequest;
    })();

    etcdserverpb.LeaseRevokeResponse = (function() {

        const LeaseRevokeResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseRevokeResponse.prototype.header = null;

        LeaseRevokeResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseRevokeResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseRevokeResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseRevokeResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseRevokeResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseRevokeResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.LeaseRevokeResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.LeaseRevokeResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        LeaseRevokeResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        LeaseRevokeResponse.prototype.toJSON = function() {
            return LeaseRevokeResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseRevokeResponse;
    })();

    etcdserverpb.LeaseCheckpoint = (function() {

        const LeaseCheckpoint = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseCheckpoint.prototype.ID = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        LeaseCheckpoint.prototype.remaining_TTL = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        LeaseCheckpoint.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID") && (typeof message.ID === "object" ? message.ID.low || message.ID.high : message.ID !== 0))
                writer.uint32(8).int64(message.ID);
            if (message.remaining_TTL != null && $Object.hasOwnProperty.call(message, "remaining_TTL") && (typeof message.remaining_TTL === "object" ? message.remaining_TTL.low || message.remaining_TTL.high : message.remaining_TTL !== 0))
                writer.uint32(16).int64(message.remaining_TTL);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseCheckpoint.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseCheckpoint();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.ID = value;
                        else
                            delete message.ID;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.remaining_TTL = value;
                        else
                            delete message.remaining_TTL;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseCheckpoint.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseCheckpoint)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseCheckpoint: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.LeaseCheckpoint();
            if (object.ID != null)
                if (typeof object.ID === "object" ? object.ID.low || object.ID.high : $Number(object.ID) !== 0)
                    if ($util.Long)
                        message.ID = $util.Long.fromValue(object.ID, false);
                    else if (typeof object.ID === "string")
                        message.ID = $parseInt(object.ID, 10);
                    else if (typeof object.ID === "number")
                        message.ID = object.ID;
                    else if (typeof object.ID === "object")
                        message.ID = new $util.LongBits(object.ID.low >>> 0, object.ID.high >>> 0).toNumber();
            if (object.remaining_TTL != null)
                if (typeof object.remaining_TTL === "object" ? object.remaining_TTL.low || object.remaining_TTL.high : $Number(object.remaining_TTL) !== 0)
                    if ($util.Long)
                        message.remaining_TTL = $util.Long.fromValue(object.remaining_TTL, false);
                    else if (typeof object.remaining_TTL === "string")
                        message.remaining_TTL = $parseInt(object.remaining_TTL, 10);
                    else if (typeof object.remaining_TTL === "number")
                        message.remaining_TTL = object.remaining_TTL;
                    else if (typeof object.remaining_TTL === "object")
                        message.remaining_TTL = new $util.LongBits(object.remaining_TTL.low >>> 0, object.remaining_TTL.high >>> 0).toNumber();
            return message;
        };

        LeaseCheckpoint.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.ID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.ID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.remaining_TTL = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.remaining_TTL = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.ID = typeof message.ID === "number" ? $BigInt(message.ID) : $util.Long.fromBits(message.ID.low >>> 0, message.ID.high >>> 0, false).toBigInt();
                else if (typeof message.ID === "number")
                    object.ID = options.longs === $String ? $String(message.ID) : message.ID;
                else
                    object.ID = options.longs === $String ? $util.Long.prototype.toString.call(message.ID) : options.longs === $Number ? new $util.LongBits(message.ID.low >>> 0, message.ID.high >>> 0).toNumber() : message.ID;
            if (message.remaining_TTL != null && $Object.hasOwnProperty.call(message, "remaining_TTL"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.remaining_TTL = typeof message.remaining_TTL === "number" ? $BigInt(message.remaining_TTL) : $util.Long.fromBits(message.remaining_TTL.low >>> 0, message.remaining_TTL.high >>> 0, false).toBigInt();
                else if (typeof message.remaining_TTL === "number")
                    object.remaining_TTL = options.longs === $String ? $String(message.remaining_TTL) : message.remaining_TTL;
                else
                    object.remaining_TTL = options.longs === $String ? $util.Long.prototype.toString.call(message.remaining_TTL) : options.longs === $Number ? new $util.LongBits(message.remaining_TTL.low >>> 0, message.remaining_TTL.high >>> 0).toNumber() : message.remaining_TTL;
            return object;
        };

        LeaseCheckpoint.prototype.toJSON = function() {
            return LeaseCheckpoint.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseCheckpoint;
    })();

    etcdserverpb.LeaseCheckpointRequest = (function() {

        const LeaseCheckpointRequest = function (properties) {
            this.checkpoints = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseCheckpointRequest.prototype.checkpoints = $util.emptyArray;

        LeaseCheckpointRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.checkpoints != null && message.checkpoints.length)
                for (let i = 0; i < message.checkpoints.length; ++i)
                    $root.etcdserverpb.LeaseCheckpoint.encode(message.checkpoints[i], writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseCheckpointRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseCheckpointRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.checkpoints && message.checkpoints.length))
                            message.checkpoints = [];
                        message.checkpoints.push($root.etcdserverpb.LeaseCheckpoint.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseCheckpointRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseCheckpointRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseCheckpointRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.LeaseCheckpointRequest();
            if (object.checkpoints) {
                if (!$Array.isArray(object.checkpoints))
                    throw $TypeError(".etcdserverpb.LeaseCheckpointRequest.checkpoints: array expected");
                message.checkpoints = $Array(object.checkpoints.length);
                for (let i = 0; i < object.checkpoints.length; ++i) {
                    if (!$util.isObject(object.checkpoints[i]))
                        throw $TypeError(".etcdserverpb.LeaseCheckpointRequest.checkpoints: object expected");
                    message.checkpoints[i] = $root.etcdserverpb.LeaseCheckpoint.fromObject(object.checkpoints[i], _depth + 1);
                }
            }
            return message;
        };

        LeaseCheckpointRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.checkpoints = [];
            if (message.checkpoints && message.checkpoints.length) {
                object.checkpoints = $Array(message.checkpoints.length);
                for (let j = 0; j < message.checkpoints.length; ++j)
                    object.checkpoints[j] = $root.etcdserverpb.LeaseCheckpoint.toObject(message.checkpoints[j], options, _depth + 1);
            }
            return object;
        };

        LeaseCheckpointRequest.prototype.toJSON = function() {
            return LeaseCheckpointRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseCheckpointRequest;
    })();

    etcdserverpb.LeaseCheckpointResponse = (function() {

        const LeaseCheckpointResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseCheckpointResponse.prototype.header = null;

        LeaseCheckpointResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseCheckpointResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseCheckpointResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseCheckpointResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseCheckpointResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseCheckpointResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.LeaseCheckpointResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.LeaseCheckpointResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        LeaseCheckpointResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        LeaseCheckpointResponse.prototype.toJSON = function() {
            return LeaseCheckpointResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseCheckpointResponse;
    })();

    etcdserverpb.LeaseKeepAliveRequest = (function() {

        const LeaseKeepAliveRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseKeepAliveRequest.prototype.ID = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        LeaseKeepAliveRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID") && (typeof message.ID === "object" ? message.ID.low || message.ID.high : message.ID !== 0))
                writer.uint32(8).int64(message.ID);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseKeepAliveRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseKeepAliveRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.ID = value;
                        else
                            delete message.ID;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseKeepAliveRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseKeepAliveRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseKeepAliveRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.LeaseKeepAliveRequest();
            if (object.ID != null)
                if (typeof object.ID === "object" ? object.ID.low || object.ID.high : $Number(object.ID) !== 0)
                    if ($util.Long)
                        message.ID = $util.Long.fromValue(object.ID, false);
                    else if (typeof object.ID === "string")
                        message.ID = $parseInt(object.ID, 10);
                    else if (typeof object.ID === "number")
                        message.ID = object.ID;
                    else if (typeof object.ID === "object")
                        message.ID = new $util.LongBits(object.ID.low >>> 0, object.ID.high >>> 0).toNumber();
            return message;
        };

        LeaseKeepAliveRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.ID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.ID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.ID = typeof message.ID === "number" ? $BigInt(message.ID) : $util.Long.fromBits(message.ID.low >>> 0, message.ID.high >>> 0, false).toBigInt();
                else if (typeof message.ID === "number")
                    object.ID = options.longs === $String ? $String(message.ID) : message.ID;
                else
                    object.ID = options.longs === $String ? $util.Long.prototype.toString.call(message.ID) : options.longs === $Number ? new $util.LongBits(message.ID.low >>> 0, message.ID.high >>> 0).toNumber() : message.ID;
            return object;
        };

        LeaseKeepAliveRequest.prototype.toJSON = function() {
            return LeaseKeepAliveRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseKeepAliveRequest;
    })();

    etcdserverpb.LeaseKeepAliveResponse = (function() {

        const LeaseKeepAliveResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseKeepAliveResponse.prototype.header = null;
        LeaseKeepAliveResponse.prototype.ID = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        LeaseKeepAliveResponse.prototype.TTL = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        LeaseKeepAliveResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID") && (typeof message.ID === "object" ? message.ID.low || message.ID.high : message.ID !== 0))
                writer.uint32(16).int64(message.ID);
            if (message.TTL != null && $Object.hasOwnProperty.call(message, "TTL") && (typeof message.TTL === "object" ? message.TTL.low || message.TTL.high : message.TTL !== 0))
                writer.uint32(24).int64(message.TTL);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseKeepAliveResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseKeepAliveResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.ID = value;
                        else
                            delete message.ID;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.TTL = value;
                        else
                            delete message.TTL;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseKeepAliveResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseKeepAliveResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseKeepAliveResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.LeaseKeepAliveResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.LeaseKeepAliveResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.ID != null)
                if (typeof object.ID === "object" ? object.ID.low || object.ID.high : $Number(object.ID) !== 0)
                    if ($util.Long)
                        message.ID = $util.Long.fromValue(object.ID, false);
                    else if (typeof object.ID === "string")
                        message.ID = $parseInt(object.ID, 10);
                    else if (typeof object.ID === "number")
                        message.ID = object.ID;
                    else if (typeof object.ID === "object")
                        message.ID = new $util.LongBits(object.ID.low >>> 0, object.ID.high >>> 0).toNumber();
            if (object.TTL != null)
                if (typeof object.TTL === "object" ? object.TTL.low || object.TTL.high : $Number(object.TTL) !== 0)
                    if ($util.Long)
                        message.TTL = $util.Long.fromValue(object.TTL, false);
                    else if (typeof object.TTL === "string")
                        message.TTL = $parseInt(object.TTL, 10);
                    else if (typeof object.TTL === "number")
                        message.TTL = object.TTL;
                    else if (typeof object.TTL === "object")
                        message.TTL = new $util.LongBits(object.TTL.low >>> 0, object.TTL.high >>> 0).toNumber();
            return message;
        };

        LeaseKeepAliveResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.header = null;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.ID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.ID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.TTL = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.TTL = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.ID = typeof message.ID === "number" ? $BigInt(message.ID) : $util.Long.fromBits(message.ID.low >>> 0, message.ID.high >>> 0, false).toBigInt();
                else if (typeof message.ID === "number")
                    object.ID = options.longs === $String ? $String(message.ID) : message.ID;
                else
                    object.ID = options.longs === $String ? $util.Long.prototype.toString.call(message.ID) : options.longs === $Number ? new $util.LongBits(message.ID.low >>> 0, message.ID.high >>> 0).toNumber() : message.ID;
            if (message.TTL != null && $Object.hasOwnProperty.call(message, "TTL"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.TTL = typeof message.TTL === "number" ? $BigInt(message.TTL) : $util.Long.fromBits(message.TTL.low >>> 0, message.TTL.high >>> 0, false).toBigInt();
                else if (typeof message.TTL === "number")
                    object.TTL = options.longs === $String ? $String(message.TTL) : message.TTL;
                else
                    object.TTL = options.longs === $String ? $util.Long.prototype.toString.call(message.TTL) : options.longs === $Number ? new $util.LongBits(message.TTL.low >>> 0, message.TTL.high >>> 0).toNumber() : message.TTL;
            return object;
        };

        LeaseKeepAliveResponse.prototype.toJSON = function() {
            return LeaseKeepAliveResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseKeepAliveResponse;
    })();

    etcdserverpb.LeaseTimeToLiveRequest = (function() {

        const LeaseTimeToLiveRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseTimeToLiveRequest.prototype.ID = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        LeaseTimeToLiveRequest.prototype.keys = false;

        LeaseTimeToLiveRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID") && (typeof message.ID === "object" ? message.ID.low || message.ID.high : message.ID !== 0))
                writer.uint32(8).int64(message.ID);
            if (message.keys != null && $Object.hasOwnProperty.call(message, "keys") && message.keys !== false)
                writer.uint32(16).bool(message.keys);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseTimeToLiveRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseTimeToLiveRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.ID = value;
                        else
                            delete message.ID;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.keys = value;
                        else
                            delete message.keys;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseTimeToLiveRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseTimeToLiveRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseTimeToLiveRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.LeaseTimeToLiveRequest();
            if (object.ID != null)
                if (typeof object.ID === "object" ? object.ID.low || object.ID.high : $Number(object.ID) !== 0)
                    if ($util.Long)
                        message.ID = $util.Long.fromValue(object.ID, false);
                    else if (typeof object.ID === "string")
                        message.ID = $parseInt(object.ID, 10);
                    else if (typeof object.ID === "number")
                        message.ID = object.ID;
                    else if (typeof object.ID === "object")
                        message.ID = new $util.LongBits(object.ID.low >>> 0, object.ID.high >>> 0).toNumber();
            if (object.keys != null)
                if (object.keys)
                    message.keys = $Boolean(object.keys);
            return message;
        };

        LeaseTimeToLiveRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.ID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.ID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.keys = false;
            }
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.ID = typeof message.ID === "number" ? $BigInt(message.ID) : $util.Long.fromBits(message.ID.low >>> 0, message.ID.high >>> 0, false).toBigInt();
                else if (typeof message.ID === "number")
                    object.ID = options.longs === $String ? $String(message.ID) : message.ID;
                else
                    object.ID = options.longs === $String ? $util.Long.prototype.toString.call(message.ID) : options.longs === $Number ? new $util.LongBits(message.ID.low >>> 0, message.ID.high >>> 0).toNumber() : message.ID;
            if (message.keys != null && $Object.hasOwnProperty.call(message, "keys"))
                object.keys = message.keys;
            return object;
        };

        LeaseTimeToLiveRequest.prototype.toJSON = function() {
            return LeaseTimeToLiveRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseTimeToLiveRequest;
    })();

    etcdserverpb.LeaseTimeToLiveResponse = (function() {

        const LeaseTimeToLiveResponse = function (properties) {
            this.keys = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseTimeToLiveResponse.prototype.header = null;
        LeaseTimeToLiveResponse.prototype.ID = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        LeaseTimeToLiveResponse.prototype.TTL = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        LeaseTimeToLiveResponse.prototype.grantedTTL = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        LeaseTimeToLiveResponse.prototype.keys = $util.emptyArray;

        LeaseTimeToLiveResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID") && (typeof message.ID === "object" ? message.ID.low || message.ID.high : message.ID !== 0))
                writer.uint32(16).int64(message.ID);
            if (message.TTL != null && $Object.hasOwnProperty.call(message, "TTL") && (typeof message.TTL === "object" ? message.TTL.low || message.TTL.high : message.TTL !== 0))
                writer.uint32(24).int64(message.TTL);
            if (message.grantedTTL != null && $Object.hasOwnProperty.call(message, "grantedTTL") && (typeof message.grantedTTL === "object" ? message.grantedTTL.low || message.grantedTTL.high : message.grantedTTL !== 0))
                writer.uint32(32).int64(message.grantedTTL);
            if (message.keys != null && message.keys.length)
                for (let i = 0; i < message.keys.length; ++i)
                    writer.uint32(42).bytes(message.keys[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseTimeToLiveResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseTimeToLiveResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.ID = value;
                        else
                            delete message.ID;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.TTL = value;
                        else
                            delete message.TTL;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.grantedTTL = value;
                        else
                            delete message.grantedTTL;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.keys && message.keys.length))
                            message.keys = [];
                        message.keys.push(reader.bytes());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseTimeToLiveResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseTimeToLiveResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseTimeToLiveResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.LeaseTimeToLiveResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.LeaseTimeToLiveResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.ID != null)
                if (typeof object.ID === "object" ? object.ID.low || object.ID.high : $Number(object.ID) !== 0)
                    if ($util.Long)
                        message.ID = $util.Long.fromValue(object.ID, false);
                    else if (typeof object.ID === "string")
                        message.ID = $parseInt(object.ID, 10);
                    else if (typeof object.ID === "number")
                        message.ID = object.ID;
                    else if (typeof object.ID === "object")
                        message.ID = new $util.LongBits(object.ID.low >>> 0, object.ID.high >>> 0).toNumber();
            if (object.TTL != null)
                if (typeof object.TTL === "object" ? object.TTL.low || object.TTL.high : $Number(object.TTL) !== 0)
                    if ($util.Long)
                        message.TTL = $util.Long.fromValue(object.TTL, false);
                    else if (typeof object.TTL === "string")
                        message.TTL = $parseInt(object.TTL, 10);
                    else if (typeof object.TTL === "number")
                        message.TTL = object.TTL;
                    else if (typeof object.TTL === "object")
                        message.TTL = new $util.LongBits(object.TTL.low >>> 0, object.TTL.high >>> 0).toNumber();
            if (object.grantedTTL != null)
                if (typeof object.grantedTTL === "object" ? object.grantedTTL.low || object.grantedTTL.high : $Number(object.grantedTTL) !== 0)
                    if ($util.Long)
                        message.grantedTTL = $util.Long.fromValue(object.grantedTTL, false);
                    else if (typeof object.grantedTTL === "string")
                        message.grantedTTL = $parseInt(object.grantedTTL, 10);
                    else if (typeof object.grantedTTL === "number")
                        message.grantedTTL = object.grantedTTL;
                    else if (typeof object.grantedTTL === "object")
                        message.grantedTTL = new $util.LongBits(object.grantedTTL.low >>> 0, object.grantedTTL.high >>> 0).toNumber();
            if (object.keys) {
                if (!$Array.isArray(object.keys))
                    throw $TypeError(".etcdserverpb.LeaseTimeToLiveResponse.keys: array expected");
                message.keys = $Array(object.keys.length);
                for (let i = 0; i < object.keys.length; ++i)
                    if (typeof object.keys[i] === "string")
                        $util.base64.decode(object.keys[i], message.keys[i] = $util.newBuffer($util.base64.length(object.keys[i])), 0);
                    else if (object.keys[i].length >= 0)
                        message.keys[i] = object.keys[i];
            }
            return message;
        };

        LeaseTimeToLiveResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.keys = [];
            if (options.defaults) {
                object.header = null;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.ID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.ID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.TTL = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.TTL = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.grantedTTL = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.grantedTTL = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.ID = typeof message.ID === "number" ? $BigInt(message.ID) : $util.Long.fromBits(message.ID.low >>> 0, message.ID.high >>> 0, false).toBigInt();
                else if (typeof message.ID === "number")
                    object.ID = options.longs === $String ? $String(message.ID) : message.ID;
                else
                    object.ID = options.longs === $String ? $util.Long.prototype.toString.call(message.ID) : options.longs === $Number ? new $util.LongBits(message.ID.low >>> 0, message.ID.high >>> 0).toNumber() : message.ID;
            if (message.TTL != null && $Object.hasOwnProperty.call(message, "TTL"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.TTL = typeof message.TTL === "number" ? $BigInt(message.TTL) : $util.Long.fromBits(message.TTL.low >>> 0, message.TTL.high >>> 0, false).toBigInt();
                else if (typeof message.TTL === "number")
                    object.TTL = options.longs === $String ? $String(message.TTL) : message.TTL;
                else
                    object.TTL = options.longs === $String ? $util.Long.prototype.toString.call(message.TTL) : options.longs === $Number ? new $util.LongBits(message.TTL.low >>> 0, message.TTL.high >>> 0).toNumber() : message.TTL;
            if (message.grantedTTL != null && $Object.hasOwnProperty.call(message, "grantedTTL"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.grantedTTL = typeof message.grantedTTL === "number" ? $BigInt(message.grantedTTL) : $util.Long.fromBits(message.grantedTTL.low >>> 0, message.grantedTTL.high >>> 0, false).toBigInt();
                else if (typeof message.grantedTTL === "number")
                    object.grantedTTL = options.longs === $String ? $String(message.grantedTTL) : message.grantedTTL;
                else
                    object.grantedTTL = options.longs === $String ? $util.Long.prototype.toString.call(message.grantedTTL) : options.longs === $Number ? new $util.LongBits(message.grantedTTL.low >>> 0, message.grantedTTL.high >>> 0).toNumber() : message.grantedTTL;
            if (message.keys && message.keys.length) {
                object.keys = $Array(message.keys.length);
                for (let j = 0; j < message.keys.length; ++j)
                    object.keys[j] = options.bytes === $String ? $util.base64.encode(message.keys[j], 0, message.keys[j].length) : options.bytes === $Array ? $Array.prototype.slice.call(message.keys[j]) : message.keys[j];
            }
            return object;
        };

        LeaseTimeToLiveResponse.prototype.toJSON = function() {
            return LeaseTimeToLiveResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseTimeToLiveResponse;
    })();

    etcdserverpb.LeaseLeasesRequest = (function() {

        const LeaseLeasesRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseLeasesRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseLeasesRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseLeasesRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseLeasesRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseLeasesRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseLeasesRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            return new $root.etcdserverpb.LeaseLeasesRequest();
        };

        LeaseLeasesRequest.toObject = function () {
            return {};
        };

        LeaseLeasesRequest.prototype.toJSON = function() {
            return LeaseLeasesRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseLeasesRequest;
    })();

    etcdserverpb.LeaseStatus = (function() {

        const LeaseStatus = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseStatus.prototype.ID = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        LeaseStatus.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID") && (typeof message.ID === "object" ? message.ID.low || message.ID.high : message.ID !== 0))
                writer.uint32(8).int64(message.ID);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseStatus.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseStatus();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.ID = value;
                        else
                            delete message.ID;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseStatus.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseStatus)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseStatus: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.LeaseStatus();
            if (object.ID != null)
                if (typeof object.ID === "object" ? object.ID.low || object.ID.high : $Number(object.ID) !== 0)
                    if ($util.Long)
                        message.ID = $util.Long.fromValue(object.ID, false);
                    else if (typeof object.ID === "string")
                        message.ID = $parseInt(object.ID, 10);
                    else if (typeof object.ID === "number")
                        message.ID = object.ID;
                    else if (typeof object.ID === "object")
                        message.ID = new $util.LongBits(object.ID.low >>> 0, object.ID.high >>> 0).toNumber();
            return message;
        };

        LeaseStatus.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.ID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.ID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.ID = typeof message.ID === "number" ? $BigInt(message.ID) : $util.Long.fromBits(message.ID.low >>> 0, message.ID.high >>> 0, false).toBigInt();
                else if (typeof message.ID === "number")
                    object.ID = options.longs === $String ? $String(message.ID) : message.ID;
                else
                    object.ID = options.longs === $String ? $util.Long.prototype.toString.call(message.ID) : options.longs === $Number ? new $util.LongBits(message.ID.low >>> 0, message.ID.high >>> 0).toNumber() : message.ID;
            return object;
        };

        LeaseStatus.prototype.toJSON = function() {
            return LeaseStatus.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseStatus;
    })();

    etcdserverpb.LeaseLeasesResponse = (function() {

        const LeaseLeasesResponse = function (properties) {
            this.leases = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaseLeasesResponse.prototype.header = null;
        LeaseLeasesResponse.prototype.leases = $util.emptyArray;

        LeaseLeasesResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.leases != null && message.leases.length)
                for (let i = 0; i < message.leases.length; ++i)
                    $root.etcdserverpb.LeaseStatus.encode(message.leases[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaseLeasesResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.LeaseLeasesResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.leases && message.leases.length))
                            message.leases = [];
                        message.leases.push($root.etcdserverpb.LeaseStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaseLeasesResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.LeaseLeasesResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.LeaseLeasesResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.LeaseLeasesResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.LeaseLeasesResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.leases) {
                if (!$Array.isArray(object.leases))
                    throw $TypeError(".etcdserverpb.LeaseLeasesResponse.leases: array expected");
                message.leases = $Array(object.leases.length);
                for (let i = 0; i < object.leases.length; ++i) {
                    if (!$util.isObject(object.leases[i]))
                        throw $TypeError(".etcdserverpb.LeaseLeasesResponse.leases: object expected");
                    message.leases[i] = $root.etcdserverpb.LeaseStatus.fromObject(object.leases[i], _depth + 1);
                }
            }
            return message;
        };

        LeaseLeasesResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.leases = [];
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.leases && message.leases.length) {
                object.leases = $Array(message.leases.length);
                for (let j = 0; j < message.leases.length; ++j)
                    object.leases[j] = $root.etcdserverpb.LeaseStatus.toObject(message.leases[j], options, _depth + 1);
            }
            return object;
        };

        LeaseLeasesResponse.prototype.toJSON = function() {
            return LeaseLeasesResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaseLeasesResponse;
    })();

    etcdserverpb.Member = (function() {

        const Member = function (properties) {
            this.peerURLs = [];
            this.clientURLs = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Member.prototype.ID = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        Member.prototype.name = "";
        Member.prototype.peerURLs = $util.emptyArray;
        Member.prototype.clientURLs = $util.emptyArray;
        Member.prototype.isLearner = false;

        Member.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID") && (typeof message.ID === "object" ? message.ID.low || message.ID.high : message.ID !== 0))
                writer.uint32(8).uint64(message.ID);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(18).string(message.name);
            if (message.peerURLs != null && message.peerURLs.length)
                for (let i = 0; i < message.peerURLs.length; ++i)
                    writer.uint32(26).string(message.peerURLs[i]);
            if (message.clientURLs != null && message.clientURLs.length)
                for (let i = 0; i < message.clientURLs.length; ++i)
                    writer.uint32(34).string(message.clientURLs[i]);
            if (message.isLearner != null && $Object.hasOwnProperty.call(message, "isLearner") && message.isLearner !== false)
                writer.uint32(40).bool(message.isLearner);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Member.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.Member();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.ID = value;
                        else
                            delete message.ID;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.peerURLs && message.peerURLs.length))
                            message.peerURLs = [];
                        message.peerURLs.push(reader.stringVerify());
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.clientURLs && message.clientURLs.length))
                            message.clientURLs = [];
                        message.clientURLs.push(reader.stringVerify());
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.isLearner = value;
                        else
                            delete message.isLearner;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Member.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.Member)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.Member: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.Member();
            if (object.ID != null)
                if (typeof object.ID === "object" ? object.ID.low || object.ID.high : $Number(object.ID) !== 0)
                    if ($util.Long)
                        message.ID = $util.Long.fromValue(object.ID, true);
                    else if (typeof object.ID === "string")
                        message.ID = $parseInt(object.ID, 10);
                    else if (typeof object.ID === "number")
                        message.ID = object.ID;
                    else if (typeof object.ID === "object")
                        message.ID = new $util.LongBits(object.ID.low >>> 0, object.ID.high >>> 0).toNumber(true);
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.peerURLs) {
                if (!$Array.isArray(object.peerURLs))
                    throw $TypeError(".etcdserverpb.Member.peerURLs: array expected");
                message.peerURLs = $Array(object.peerURLs.length);
                for (let i = 0; i < object.peerURLs.length; ++i)
                    message.peerURLs[i] = $String(object.peerURLs[i]);
            }
            if (object.clientURLs) {
                if (!$Array.isArray(object.clientURLs))
                    throw $TypeError(".etcdserverpb.Member.clientURLs: array expected");
                message.clientURLs = $Array(object.clientURLs.length);
                for (let i = 0; i < object.clientURLs.length; ++i)
                    message.clientURLs[i] = $String(object.clientURLs[i]);
            }
            if (object.isLearner != null)
                if (object.isLearner)
                    message.isLearner = $Boolean(object.isLearner);
            return message;
        };

        Member.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.peerURLs = [];
                object.clientURLs = [];
            }
            if (options.defaults) {
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.ID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.ID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.name = "";
                object.isLearner = false;
            }
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.ID = typeof message.ID === "number" ? $BigInt(message.ID) : $util.Long.fromBits(message.ID.low >>> 0, message.ID.high >>> 0, true).toBigInt();
                else if (typeof message.ID === "number")
                    object.ID = options.longs === $String ? $String(message.ID) : message.ID;
                else
                    object.ID = options.longs === $String ? $util.Long.prototype.toString.call(message.ID) : options.longs === $Number ? new $util.LongBits(message.ID.low >>> 0, message.ID.high >>> 0).toNumber(true) : message.ID;
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.peerURLs && message.peerURLs.length) {
                object.peerURLs = $Array(message.peerURLs.length);
                for (let j = 0; j < message.peerURLs.length; ++j)
                    object.peerURLs[j] = message.peerURLs[j];
            }
            if (message.clientURLs && message.clientURLs.length) {
                object.clientURLs = $Array(message.clientURLs.length);
                for (let j = 0; j < message.clientURLs.length; ++j)
                    object.clientURLs[j] = message.clientURLs[j];
            }
            if (message.isLearner != null && $Object.hasOwnProperty.call(message, "isLearner"))
                object.isLearner = message.isLearner;
            return object;
        };

        Member.prototype.toJSON = function() {
            return Member.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Member;
    })();

    etcdserverpb.MemberAddRequest = (function() {

        const MemberAddRequest = function (properties) {
            this.peerURLs = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MemberAddRequest.prototype.peerURLs = $util.emptyArray;
        MemberAddRequest.prototype.isLearner = false;

        MemberAddRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.peerURLs != null && message.peerURLs.length)
                for (let i = 0; i < message.peerURLs.length; ++i)
                    writer.uint32(10).string(message.peerURLs[i]);
            if (message.isLearner != null && $Object.hasOwnProperty.call(message, "isLearner") && message.isLearner !== false)
                writer.uint32(16).bool(message.isLearner);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MemberAddRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.MemberAddRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.peerURLs && message.peerURLs.length))
                            message.peerURLs = [];
                        message.peerURLs.push(reader.stringVerify());
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.isLearner = value;
                        else
                            delete message.isLearner;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MemberAddRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.MemberAddRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.MemberAddRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.MemberAddRequest();
            if (object.peerURLs) {
                if (!$Array.isArray(object.peerURLs))
                    throw $TypeError(".etcdserverpb.MemberAddRequest.peerURLs: array expected");
                message.peerURLs = $Array(object.peerURLs.length);
                for (let i = 0; i < object.peerURLs.length; ++i)
                    message.peerURLs[i] = $String(object.peerURLs[i]);
            }
            if (object.isLearner != null)
                if (object.isLearner)
                    message.isLearner = $Boolean(object.isLearner);
            return message;
        };

        MemberAddRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.peerURLs = [];
            if (options.defaults)
                object.isLearner = false;
            if (message.peerURLs && message.peerURLs.length) {
                object.peerURLs = $Array(message.peerURLs.length);
                for (let j = 0; j < message.peerURLs.length; ++j)
                    object.peerURLs[j] = message.peerURLs[j];
            }
            if (message.isLearner != null && $Object.hasOwnProperty.call(message, "isLearner"))
                object.isLearner = message.isLearner;
            return object;
        };

        MemberAddRequest.prototype.toJSON = function() {
            return MemberAddRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return MemberAddRequest;
    })();

    etcdserverpb.MemberAddResponse = (function() {

        const MemberAddResponse = function (properties) {
            this.members = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MemberAddResponse.prototype.header = null;
        MemberAddResponse.prototype.member = null;
        MemberAddResponse.prototype.members = $util.emptyArray;

        MemberAddResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.member != null && $Object.hasOwnProperty.call(message, "member"))
                $root.etcdserverpb.Member.encode(message.member, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.members != null && message.members.length)
                for (let i = 0; i < message.members.length; ++i)
                    $root.etcdserverpb.Member.encode(message.members[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MemberAddResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.MemberAddResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.member = $root.etcdserverpb.Member.decode(reader, reader.size(), $undefined, _depth + 1, message.member);
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.members && message.members.length))
                            message.members = [];
                        message.members.push($root.etcdserverpb.Member.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MemberAddResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.MemberAddResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.MemberAddResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.MemberAddResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.MemberAddResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.member != null) {
                if (!$util.isObject(object.member))
                    throw $TypeError(".etcdserverpb.MemberAddResponse.member: object expected");
                message.member = $root.etcdserverpb.Member.fromObject(object.member, _depth + 1);
            }
            if (object.members) {
                if (!$Array.isArray(object.members))
                    throw $TypeError(".etcdserverpb.MemberAddResponse.members: array expected");
                message.members = $Array(object.members.length);
                for (let i = 0; i < object.members.length; ++i) {
                    if (!$util.isObject(object.members[i]))
                        throw $TypeError(".etcdserverpb.MemberAddResponse.members: object expected");
                    message.members[i] = $root.etcdserverpb.Member.fromObject(object.members[i], _depth + 1);
                }
            }
            return message;
        };

        MemberAddResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.members = [];
            if (options.defaults) {
                object.header = null;
                object.member = null;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.member != null && $Object.hasOwnProperty.call(message, "member"))
                object.member = $root.etcdserverpb.Member.toObject(message.member, options, _depth + 1);
            if (message.members && message.members.length) {
                object.members = $Array(message.members.length);
                for (let j = 0; j < message.members.length; ++j)
                    object.members[j] = $root.etcdserverpb.Member.toObject(message.members[j], options, _depth + 1);
            }
            return object;
        };

        MemberAddResponse.prototype.toJSON = function() {
            return MemberAddResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return MemberAddResponse;
    })();

    etcdserverpb.MemberRemoveRequest = (function() {

        const MemberRemoveRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MemberRemoveRequest.prototype.ID = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        MemberRemoveRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID") && (typeof message.ID === "object" ? message.ID.low || message.ID.high : message.ID !== 0))
                writer.uint32(8).uint64(message.ID);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MemberRemoveRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.MemberRemoveRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.ID = value;
                        else
                            delete message.ID;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MemberRemoveRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.MemberRemoveRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.MemberRemoveRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.MemberRemoveRequest();
            if (object.ID != null)
                if (typeof object.ID === "object" ? object.ID.low || object.ID.high : $Number(object.ID) !== 0)
                    if ($util.Long)
                        message.ID = $util.Long.fromValue(object.ID, true);
                    else if (typeof object.ID === "string")
                        message.ID = $parseInt(object.ID, 10);
                    else if (typeof object.ID === "number")
                        message.ID = object.ID;
                    else if (typeof object.ID === "object")
                        message.ID = new $util.LongBits(object.ID.low >>> 0, object.ID.high >>> 0).toNumber(true);
            return message;
        };

        MemberRemoveRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.ID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.ID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.ID = typeof message.ID === "number" ? $BigInt(message.ID) : $util.Long.fromBits(message.ID.low >>> 0, message.ID.high >>> 0, true).toBigInt();
                else if (typeof message.ID === "number")
                    object.ID = options.longs === $String ? $String(message.ID) : message.ID;
                else
                    object.ID = options.longs === $String ? $util.Long.prototype.toString.call(message.ID) : options.longs === $Number ? new $util.LongBits(message.ID.low >>> 0, message.ID.high >>> 0).toNumber(true) : message.ID;
            return object;
        };

        MemberRemoveRequest.prototype.toJSON = function() {
            return MemberRemoveRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return MemberRemoveRequest;
    })();

    etcdserverpb.MemberRemoveResponse = (function() {

        const MemberRemoveResponse = function (properties) {
            this.members = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MemberRemoveResponse.prototype.header = null;
        MemberRemoveResponse.prototype.members = $util.emptyArray;

        MemberRemoveResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.members != null && message.members.length)
                for (let i = 0; i < message.members.length; ++i)
                    $root.etcdserverpb.Member.encode(message.members[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MemberRemoveResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.MemberRemoveResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.members && message.members.length))
                            message.members = [];
                        message.members.push($root.etcdserverpb.Member.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MemberRemoveResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.MemberRemoveResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.MemberRemoveResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.MemberRemoveResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.MemberRemoveResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.members) {
                if (!$Array.isArray(object.members))
                    throw $TypeError(".etcdserverpb.MemberRemoveResponse.members: array expected");
                message.members = $Array(object.members.length);
                for (let i = 0; i < object.members.length; ++i) {
                    if (!$util.isObject(object.members[i]))
                        throw $TypeError(".etcdserverpb.MemberRemoveResponse.members: object expected");
                    message.members[i] = $root.etcdserverpb.Member.fromObject(object.members[i], _depth + 1);
                }
            }
            return message;
        };

        MemberRemoveResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.members = [];
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.members && message.members.length) {
                object.members = $Array(message.members.length);
                for (let j = 0; j < message.members.length; ++j)
                    object.members[j] = $root.etcdserverpb.Member.toObject(message.members[j], options, _depth + 1);
            }
            return object;
        };

        MemberRemoveResponse.prototype.toJSON = function() {
            return MemberRemoveResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return MemberRemoveResponse;
    })();

    etcdserverpb.MemberUpdateRequest = (function() {

        const MemberUpdateRequest = function (properties) {
            this.peerURLs = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MemberUpdateRequest.prototype.ID = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        MemberUpdateRequest.prototype.peerURLs = $util.emptyArray;

        MemberUpdateRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID") && (typeof message.ID === "object" ? message.ID.low || message.ID.high : message.ID !== 0))
                writer.uint32(8).uint64(message.ID);
            if (message.peerURLs != null && message.peerURLs.length)
                for (let i = 0; i < message.peerURLs.length; ++i)
                    writer.uint32(18).string(message.peerURLs[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MemberUpdateRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.MemberUpdateRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.ID = value;
                        else
                            delete message.ID;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.peerURLs && message.peerURLs.length))
                            message.peerURLs = [];
                        message.peerURLs.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MemberUpdateRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.MemberUpdateRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.MemberUpdateRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.MemberUpdateRequest();
            if (object.ID != null)
                if (typeof object.ID === "object" ? object.ID.low || object.ID.high : $Number(object.ID) !== 0)
                    if ($util.Long)
                        message.ID = $util.Long.fromValue(object.ID, true);
                    else if (typeof object.ID === "string")
                        message.ID = $parseInt(object.ID, 10);
                    else if (typeof object.ID === "number")
                        message.ID = object.ID;
                    else if (typeof object.ID === "object")
                        message.ID = new $util.LongBits(object.ID.low >>> 0, object.ID.high >>> 0).toNumber(true);
            if (object.peerURLs) {
                if (!$Array.isArray(object.peerURLs))
                    throw $TypeError(".etcdserverpb.MemberUpdateRequest.peerURLs: array expected");
                message.peerURLs = $Array(object.peerURLs.length);
                for (let i = 0; i < object.peerURLs.length; ++i)
                    message.peerURLs[i] = $String(object.peerURLs[i]);
            }
            return message;
        };

        MemberUpdateRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.peerURLs = [];
            if (options.defaults)
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.ID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.ID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.ID = typeof message.ID === "number" ? $BigInt(message.ID) : $util.Long.fromBits(message.ID.low >>> 0, message.ID.high >>> 0, true).toBigInt();
                else if (typeof message.ID === "number")
                    object.ID = options.longs === $String ? $String(message.ID) : message.ID;
                else
                    object.ID = options.longs === $String ? $util.Long.prototype.toString.call(message.ID) : options.longs === $Number ? new $util.LongBits(message.ID.low >>> 0, message.ID.high >>> 0).toNumber(true) : message.ID;
            if (message.peerURLs && message.peerURLs.length) {
                object.peerURLs = $Array(message.peerURLs.length);
                for (let j = 0; j < message.peerURLs.length; ++j)
                    object.peerURLs[j] = message.peerURLs[j];
            }
            return object;
        };

        MemberUpdateRequest.prototype.toJSON = function() {
            return MemberUpdateRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return MemberUpdateRequest;
    })();

    etcdserverpb.MemberUpdateResponse = (function() {

        const MemberUpdateResponse = function (properties) {
            this.members = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MemberUpdateResponse.prototype.header = null;
        MemberUpdateResponse.prototype.members = $util.emptyArray;

        MemberUpdateResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.members != null && message.members.length)
                for (let i = 0; i < message.members.length; ++i)
                    $root.etcdserverpb.Member.encode(message.members[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MemberUpdateResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.MemberUpdateResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.members && message.members.length))
                            message.members = [];
                        message.members.push($root.etcdserverpb.Member.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MemberUpdateResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.MemberUpdateResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.MemberUpdateResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.MemberUpdateResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.MemberUpdateResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.members) {
                if (!$Array.isArray(object.members))
                    throw $TypeError(".etcdserverpb.MemberUpdateResponse.members: array expected");
                message.members = $Array(object.members.length);
                for (let i = 0; i < object.members.length; ++i) {
                    if (!$util.isObject(object.members[i]))
                        throw $TypeError(".etcdserverpb.MemberUpdateResponse.members: object expected");
                    message.members[i] = $root.etcdserverpb.Member.fromObject(object.members[i], _depth + 1);
                }
            }
            return message;
        };

        MemberUpdateResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.members = [];
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.members && message.members.length) {
                object.members = $Array(message.members.length);
                for (let j = 0; j < message.members.length; ++j)
                    object.members[j] = $root.etcdserverpb.Member.toObject(message.members[j], options, _depth + 1);
            }
            return object;
        };

        MemberUpdateResponse.prototype.toJSON = function() {
            return MemberUpdateResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return MemberUpdateResponse;
    })();

    etcdserverpb.MemberListRequest = (function() {

        const MemberListRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MemberListRequest.prototype.linearizable = false;

        MemberListRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.linearizable != null && $Object.hasOwnProperty.call(message, "linearizable") && message.linearizable !== false)
                writer.uint32(8).bool(message.linearizable);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MemberListRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.MemberListRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.linearizable = value;
                        else
                            delete message.linearizable;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MemberListRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.MemberListRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.MemberListRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.MemberListRequest();
            if (object.linearizable != null)
                if (object.linearizable)
                    message.linearizable = $Boolean(object.linearizable);
            return message;
        };

        MemberListRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.linearizable = false;
            if (message.linearizable != null && $Object.hasOwnProperty.call(message, "linearizable"))
                object.linearizable = message.linearizable;
            return object;
        };

        MemberListRequest.prototype.toJSON = function() {
            return MemberListRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return MemberListRequest;
    })();

    etcdserverpb.MemberListResponse = (function() {

        const MemberListResponse = function (properties) {
            this.members = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MemberListResponse.prototype.header = null;
        MemberListResponse.prototype.members = $util.emptyArray;

        MemberListResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.members != null && message.members.length)
                for (let i = 0; i < message.members.length; ++i)
                    $root.etcdserverpb.Member.encode(message.members[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MemberListResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.MemberListResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.members && message.members.length))
                            message.members = [];
                        message.members.push($root.etcdserverpb.Member.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MemberListResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.MemberListResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.MemberListResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.MemberListResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.MemberListResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.members) {
                if (!$Array.isArray(object.members))
                    throw $TypeError(".etcdserverpb.MemberListResponse.members: array expected");
                message.members = $Array(object.members.length);
                for (let i = 0; i < object.members.length; ++i) {
                    if (!$util.isObject(object.members[i]))
                        throw $TypeError(".etcdserverpb.MemberListResponse.members: object expected");
                    message.members[i] = $root.etcdserverpb.Member.fromObject(object.members[i], _depth + 1);
                }
            }
            return message;
        };

        MemberListResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.members = [];
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.members && message.members.length) {
                object.members = $Array(message.members.length);
                for (let j = 0; j < message.members.length; ++j)
                    object.members[j] = $root.etcdserverpb.Member.toObject(message.members[j], options, _depth + 1);
            }
            return object;
        };

        MemberListResponse.prototype.toJSON = function() {
            return MemberListResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return MemberListResponse;
    })();

    etcdserverpb.MemberPromoteRequest = (function() {

        const MemberPromoteRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MemberPromoteRequest.prototype.ID = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        MemberPromoteRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID") && (typeof message.ID === "object" ? message.ID.low || message.ID.high : message.ID !== 0))
                writer.uint32(8).uint64(message.ID);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MemberPromoteRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.MemberPromoteRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.ID = value;
                        else
                            delete message.ID;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MemberPromoteRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.MemberPromoteRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.MemberPromoteRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.MemberPromoteRequest();
            if (object.ID != null)
                if (typeof object.ID === "object" ? object.ID.low || object.ID.high : $Number(object.ID) !== 0)
                    if ($util.Long)
                        message.ID = $util.Long.fromValue(object.ID, true);
                    else if (typeof object.ID === "string")
                        message.ID = $parseInt(object.ID, 10);
                    else if (typeof object.ID === "number")
                        message.ID = object.ID;
                    else if (typeof object.ID === "object")
                        message.ID = new $util.LongBits(object.ID.low >>> 0, object.ID.high >>> 0).toNumber(true);
            return message;
        };

        MemberPromoteRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.ID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.ID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            if (message.ID != null && $Object.hasOwnProperty.call(message, "ID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.ID = typeof message.ID === "number" ? $BigInt(message.ID) : $util.Long.fromBits(message.ID.low >>> 0, message.ID.high >>> 0, true).toBigInt();
                else if (typeof message.ID === "number")
                    object.ID = options.longs === $String ? $String(message.ID) : message.ID;
                else
                    object.ID = options.longs === $String ? $util.Long.prototype.toString.call(message.ID) : options.longs === $Number ? new $util.LongBits(message.ID.low >>> 0, message.ID.high >>> 0).toNumber(true) : message.ID;
            return object;
        };

        MemberPromoteRequest.prototype.toJSON = function() {
            return MemberPromoteRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return MemberPromoteRequest;
    })();

    etcdserverpb.MemberPromoteResponse = (function() {

        const MemberPromoteResponse = function (properties) {
            this.members = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MemberPromoteResponse.prototype.header = null;
        MemberPromoteResponse.prototype.members = $util.emptyArray;

        MemberPromoteResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.members != null && message.members.length)
                for (let i = 0; i < message.members.length; ++i)
                    $root.etcdserverpb.Member.encode(message.members[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MemberPromoteResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.MemberPromoteResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.members && message.members.length))
                            message.members = [];
                        message.members.push($root.etcdserverpb.Member.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MemberPromoteResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.MemberPromoteResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.MemberPromoteResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.MemberPromoteResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.MemberPromoteResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.members) {
                if (!$Array.isArray(object.members))
                    throw $TypeError(".etcdserverpb.MemberPromoteResponse.members: array expected");
                message.members = $Array(object.members.length);
                for (let i = 0; i < object.members.length; ++i) {
                    if (!$util.isObject(object.members[i]))
                        throw $TypeError(".etcdserverpb.MemberPromoteResponse.members: object expected");
                    message.members[i] = $root.etcdserverpb.Member.fromObject(object.members[i], _depth + 1);
                }
            }
            return message;
        };

        MemberPromoteResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.members = [];
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.members && message.members.length) {
                object.members = $Array(message.members.length);
                for (let j = 0; j < message.members.length; ++j)
                    object.members[j] = $root.etcdserverpb.Member.toObject(message.members[j], options, _depth + 1);
            }
            return object;
        };

        MemberPromoteResponse.prototype.toJSON = function() {
            return MemberPromoteResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return MemberPromoteResponse;
    })();

    etcdserverpb.DefragmentRequest = (function() {

        const DefragmentRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DefragmentRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DefragmentRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.DefragmentRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        DefragmentRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.DefragmentRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.DefragmentRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            return new $root.etcdserverpb.DefragmentRequest();
        };

        DefragmentRequest.toObject = function () {
            return {};
        };

        DefragmentRequest.prototype.toJSON = function() {
            return DefragmentRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return DefragmentRequest;
    })();

    etcdserverpb.DefragmentResponse = (function() {

        const DefragmentResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DefragmentResponse.prototype.header = null;

        DefragmentResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DefragmentResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.DefragmentResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        DefragmentResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.DefragmentResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.DefragmentResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.DefragmentResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.DefragmentResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        DefragmentResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        DefragmentResponse.prototype.toJSON = function() {
            return DefragmentResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return DefragmentResponse;
    })();

    etcdserverpb.MoveLeaderRequest = (function() {

        const MoveLeaderRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MoveLeaderRequest.prototype.targetID = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        MoveLeaderRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.targetID != null && $Object.hasOwnProperty.call(message, "targetID") && (typeof message.targetID === "object" ? message.targetID.low || message.targetID.high : message.targetID !== 0))
                writer.uint32(8).uint64(message.targetID);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MoveLeaderRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.MoveLeaderRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.targetID = value;
                        else
                            delete message.targetID;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MoveLeaderRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.MoveLeaderRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.MoveLeaderRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.MoveLeaderRequest();
            if (object.targetID != null)
                if (typeof object.targetID === "object" ? object.targetID.low || object.targetID.high : $Number(object.targetID) !== 0)
                    if ($util.Long)
                        message.targetID = $util.Long.fromValue(object.targetID, true);
                    else if (typeof object.targetID === "string")
                        message.targetID = $parseInt(object.targetID, 10);
                    else if (typeof object.targetID === "number")
                        message.targetID = object.targetID;
                    else if (typeof object.targetID === "object")
                        message.targetID = new $util.LongBits(object.targetID.low >>> 0, object.targetID.high >>> 0).toNumber(true);
            return message;
        };

        MoveLeaderRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.targetID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.targetID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            if (message.targetID != null && $Object.hasOwnProperty.call(message, "targetID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.targetID = typeof message.targetID === "number" ? $BigInt(message.targetID) : $util.Long.fromBits(message.targetID.low >>> 0, message.targetID.high >>> 0, true).toBigInt();
                else if (typeof message.targetID === "number")
                    object.targetID = options.longs === $String ? $String(message.targetID) : message.targetID;
                else
                    object.targetID = options.longs === $String ? $util.Long.prototype.toString.call(message.targetID) : options.longs === $Number ? new $util.LongBits(message.targetID.low >>> 0, message.targetID.high >>> 0).toNumber(true) : message.targetID;
            return object;
        };

        MoveLeaderRequest.prototype.toJSON = function() {
            return MoveLeaderRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return MoveLeaderRequest;
    })();

    etcdserverpb.MoveLeaderResponse = (function() {

        const MoveLeaderResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MoveLeaderResponse.prototype.header = null;

        MoveLeaderResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MoveLeaderResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.MoveLeaderResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MoveLeaderResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.MoveLeaderResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.MoveLeaderResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.MoveLeaderResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.MoveLeaderResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        MoveLeaderResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        MoveLeaderResponse.prototype.toJSON = function() {
            return MoveLeaderResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return MoveLeaderResponse;
    })();

    etcdserverpb.AlarmRequest = (function() {

        const AlarmRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AlarmRequest.prototype.action = 0;
        AlarmRequest.prototype.memberID = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        AlarmRequest.prototype.alarm = 0;

        AlarmRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.action != null && $Object.hasOwnProperty.call(message, "action") && message.action !== 0)
                writer.uint32(8).int32(message.action);
            if (message.memberID != null && $Object.hasOwnProperty.call(message, "memberID") && (typeof message.memberID === "object" ? message.memberID.low || message.memberID.high : message.memberID !== 0))
                writer.uint32(16).uint64(message.memberID);
            if (message.alarm != null && $Object.hasOwnProperty.call(message, "alarm") && message.alarm !== 0)
                writer.uint32(24).int32(message.alarm);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AlarmRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AlarmRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.action = value;
                        else
                            delete message.action;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.memberID = value;
                        else
                            delete message.memberID;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.alarm = value;
                        else
                            delete message.alarm;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AlarmRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AlarmRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AlarmRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AlarmRequest();
            if (object.action !== 0 && (typeof object.action !== "string" || $root.etcdserverpb.AlarmRequest.AlarmAction[object.action] !== 0))
                switch (object.action) {
                case "GET":
                case 0:
                    message.action = 0;
                    break;
                case "ACTIVATE":
                case 1:
                    message.action = 1;
                    break;
                case "DEACTIVATE":
                case 2:
                    message.action = 2;
                    break;
                default:
                    if (typeof object.action === "number" && (object.action | 0) === object.action)
                        message.action = object.action;
                }
            if (object.memberID != null)
                if (typeof object.memberID === "object" ? object.memberID.low || object.memberID.high : $Number(object.memberID) !== 0)
                    if ($util.Long)
                        message.memberID = $util.Long.fromValue(object.memberID, true);
                    else if (typeof object.memberID === "string")
                        message.memberID = $parseInt(object.memberID, 10);
                    else if (typeof object.memberID === "number")
                        message.memberID = object.memberID;
                    else if (typeof object.memberID === "object")
                        message.memberID = new $util.LongBits(object.memberID.low >>> 0, object.memberID.high >>> 0).toNumber(true);
            if (object.alarm !== 0 && (typeof object.alarm !== "string" || $root.etcdserverpb.AlarmType[object.alarm] !== 0))
                switch (object.alarm) {
                case "NONE":
                case 0:
                    message.alarm = 0;
                    break;
                case "NOSPACE":
                case 1:
                    message.alarm = 1;
                    break;
                case "CORRUPT":
                case 2:
                    message.alarm = 2;
                    break;
                default:
                    if (typeof object.alarm === "number" && (object.alarm | 0) === object.alarm)
                        message.alarm = object.alarm;
                }
            return message;
        };

        AlarmRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.action = options.enums === $String ? "GET" : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.memberID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.memberID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.alarm = options.enums === $String ? "NONE" : 0;
            }
            if (message.action != null && $Object.hasOwnProperty.call(message, "action"))
                object.action = options.enums === $String ? $root.etcdserverpb.AlarmRequest.AlarmAction[message.action] === $undefined ? message.action : $root.etcdserverpb.AlarmRequest.AlarmAction[message.action] : message.action;
            if (message.memberID != null && $Object.hasOwnProperty.call(message, "memberID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.memberID = typeof message.memberID === "number" ? $BigInt(message.memberID) : $util.Long.fromBits(message.memberID.low >>> 0, message.memberID.high >>> 0, true).toBigInt();
                else if (typeof message.memberID === "number")
                    object.memberID = options.longs === $String ? $String(message.memberID) : message.memberID;
                else
                    object.memberID = options.longs === $String ? $util.Long.prototype.toString.call(message.memberID) : options.longs === $Number ? new $util.LongBits(message.memberID.low >>> 0, message.memberID.high >>> 0).toNumber(true) : message.memberID;
            if (message.alarm != null && $Object.hasOwnProperty.call(message, "alarm"))
                object.alarm = options.enums === $String ? $root.etcdserverpb.AlarmType[message.alarm] === $undefined ? message.alarm : $root.etcdserverpb.AlarmType[message.alarm] : message.alarm;
            return object;
        };

        AlarmRequest.prototype.toJSON = function() {
            return AlarmRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        AlarmRequest.AlarmAction = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "GET"] = 0;
            values[valuesById[1] = "ACTIVATE"] = 1;
            values[valuesById[2] = "DEACTIVATE"] = 2;
            return values;
        })();

        return AlarmRequest;
    })();

    etcdserverpb.AlarmMember = (function() {

        const AlarmMember = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AlarmMember.prototype.memberID = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        AlarmMember.prototype.alarm = 0;

        AlarmMember.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.memberID != null && $Object.hasOwnProperty.call(message, "memberID") && (typeof message.memberID === "object" ? message.memberID.low || message.memberID.high : message.memberID !== 0))
                writer.uint32(8).uint64(message.memberID);
            if (message.alarm != null && $Object.hasOwnProperty.call(message, "alarm") && message.alarm !== 0)
                writer.uint32(16).int32(message.alarm);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AlarmMember.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AlarmMember();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.memberID = value;
                        else
                            delete message.memberID;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.alarm = value;
                        else
                            delete message.alarm;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AlarmMember.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AlarmMember)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AlarmMember: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AlarmMember();
            if (object.memberID != null)
                if (typeof object.memberID === "object" ? object.memberID.low || object.memberID.high : $Number(object.memberID) !== 0)
                    if ($util.Long)
                        message.memberID = $util.Long.fromValue(object.memberID, true);
                    else if (typeof object.memberID === "string")
                        message.memberID = $parseInt(object.memberID, 10);
                    else if (typeof object.memberID === "number")
                        message.memberID = object.memberID;
                    else if (typeof object.memberID === "object")
                        message.memberID = new $util.LongBits(object.memberID.low >>> 0, object.memberID.high >>> 0).toNumber(true);
            if (object.alarm !== 0 && (typeof object.alarm !== "string" || $root.etcdserverpb.AlarmType[object.alarm] !== 0))
                switch (object.alarm) {
                case "NONE":
                case 0:
                    message.alarm = 0;
                    break;
                case "NOSPACE":
                case 1:
                    message.alarm = 1;
                    break;
                case "CORRUPT":
                case 2:
                    message.alarm = 2;
                    break;
                default:
                    if (typeof object.alarm === "number" && (object.alarm | 0) === object.alarm)
                        message.alarm = object.alarm;
                }
            return message;
        };

        AlarmMember.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.memberID = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.memberID = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.alarm = options.enums === $String ? "NONE" : 0;
            }
            if (message.memberID != null && $Object.hasOwnProperty.call(message, "memberID"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.memberID = typeof message.memberID === "number" ? $BigInt(message.memberID) : $util.Long.fromBits(message.memberID.low >>> 0, message.memberID.high >>> 0, true).toBigInt();
                else if (typeof message.memberID === "number")
                    object.memberID = options.longs === $String ? $String(message.memberID) : message.memberID;
                else
                    object.memberID = options.longs === $String ? $util.Long.prototype.toString.call(message.memberID) : options.longs === $Number ? new $util.LongBits(message.memberID.low >>> 0, message.memberID.high >>> 0).toNumber(true) : message.memberID;
            if (message.alarm != null && $Object.hasOwnProperty.call(message, "alarm"))
                object.alarm = options.enums === $String ? $root.etcdserverpb.AlarmType[message.alarm] === $undefined ? message.alarm : $root.etcdserverpb.AlarmType[message.alarm] : message.alarm;
            return object;
        };

        AlarmMember.prototype.toJSON = function() {
            return AlarmMember.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AlarmMember;
    })();

    etcdserverpb.AlarmResponse = (function() {

        const AlarmResponse = function (properties) {
            this.alarms = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AlarmResponse.prototype.header = null;
        AlarmResponse.prototype.alarms = $util.emptyArray;

        AlarmResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.alarms != null && message.alarms.length)
                for (let i = 0; i < message.alarms.length; ++i)
                    $root.etcdserverpb.AlarmMember.encode(message.alarms[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AlarmResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AlarmResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.alarms && message.alarms.length))
                            message.alarms = [];
                        message.alarms.push($root.etcdserverpb.AlarmMember.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AlarmResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AlarmResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AlarmResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AlarmResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AlarmResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.alarms) {
                if (!$Array.isArray(object.alarms))
                    throw $TypeError(".etcdserverpb.AlarmResponse.alarms: array expected");
                message.alarms = $Array(object.alarms.length);
                for (let i = 0; i < object.alarms.length; ++i) {
                    if (!$util.isObject(object.alarms[i]))
                        throw $TypeError(".etcdserverpb.AlarmResponse.alarms: object expected");
                    message.alarms[i] = $root.etcdserverpb.AlarmMember.fromObject(object.alarms[i], _depth + 1);
                }
            }
            return message;
        };

        AlarmResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.alarms = [];
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.alarms && message.alarms.length) {
                object.alarms = $Array(message.alarms.length);
                for (let j = 0; j < message.alarms.length; ++j)
                    object.alarms[j] = $root.etcdserverpb.AlarmMember.toObject(message.alarms[j], options, _depth + 1);
            }
            return object;
        };

        AlarmResponse.prototype.toJSON = function() {
            return AlarmResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AlarmResponse;
    })();

    etcdserverpb.DowngradeRequest = (function() {

        const DowngradeRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DowngradeRequest.prototype.action = 0;
        DowngradeRequest.prototype.version = "";

        DowngradeRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.action != null && $Object.hasOwnProperty.call(message, "action") && message.action !== 0)
                writer.uint32(8).int32(message.action);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(18).string(message.version);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DowngradeRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.DowngradeRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.action = value;
                        else
                            delete message.action;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        DowngradeRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.DowngradeRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.DowngradeRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.DowngradeRequest();
            if (object.action !== 0 && (typeof object.action !== "string" || $root.etcdserverpb.DowngradeRequest.DowngradeAction[object.action] !== 0))
                switch (object.action) {
                case "VALIDATE":
                case 0:
                    message.action = 0;
                    break;
                case "ENABLE":
                case 1:
                    message.action = 1;
                    break;
                case "CANCEL":
                case 2:
                    message.action = 2;
                    break;
                default:
                    if (typeof object.action === "number" && (object.action | 0) === object.action)
                        message.action = object.action;
                }
            if (object.version != null)
                if (typeof object.version !== "string" || object.version.length)
                    message.version = $String(object.version);
            return message;
        };

        DowngradeRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.action = options.enums === $String ? "VALIDATE" : 0;
                object.version = "";
            }
            if (message.action != null && $Object.hasOwnProperty.call(message, "action"))
                object.action = options.enums === $String ? $root.etcdserverpb.DowngradeRequest.DowngradeAction[message.action] === $undefined ? message.action : $root.etcdserverpb.DowngradeRequest.DowngradeAction[message.action] : message.action;
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                object.version = message.version;
            return object;
        };

        DowngradeRequest.prototype.toJSON = function() {
            return DowngradeRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        DowngradeRequest.DowngradeAction = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "VALIDATE"] = 0;
            values[valuesById[1] = "ENABLE"] = 1;
            values[valuesById[2] = "CANCEL"] = 2;
            return values;
        })();

        return DowngradeRequest;
    })();

    etcdserverpb.DowngradeResponse = (function() {

        const DowngradeResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DowngradeResponse.prototype.header = null;
        DowngradeResponse.prototype.version = "";

        DowngradeResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(18).string(message.version);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DowngradeResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.DowngradeResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        DowngradeResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.DowngradeResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.DowngradeResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.DowngradeResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.DowngradeResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.version != null)
                if (typeof object.version !== "string" || object.version.length)
                    message.version = $String(object.version);
            return message;
        };

        DowngradeResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.header = null;
                object.version = "";
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                object.version = message.version;
            return object;
        };

        DowngradeResponse.prototype.toJSON = function() {
            return DowngradeResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return DowngradeResponse;
    })();

    etcdserverpb.DowngradeVersionTestRequest = (function() {

        const DowngradeVersionTestRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DowngradeVersionTestRequest.prototype.ver = "";

        DowngradeVersionTestRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ver != null && $Object.hasOwnProperty.call(message, "ver") && message.ver !== "")
                writer.uint32(10).string(message.ver);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DowngradeVersionTestRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.DowngradeVersionTestRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.ver = value;
                        else
                            delete message.ver;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        DowngradeVersionTestRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.DowngradeVersionTestRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.DowngradeVersionTestRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.DowngradeVersionTestRequest();
            if (object.ver != null)
                if (typeof object.ver !== "string" || object.ver.length)
                    message.ver = $String(object.ver);
            return message;
        };

        DowngradeVersionTestRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.ver = "";
            if (message.ver != null && $Object.hasOwnProperty.call(message, "ver"))
                object.ver = message.ver;
            return object;
        };

        DowngradeVersionTestRequest.prototype.toJSON = function() {
            return DowngradeVersionTestRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return DowngradeVersionTestRequest;
    })();

    etcdserverpb.StatusRequest = (function() {

        const StatusRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        StatusRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        StatusRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.StatusRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        StatusRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.StatusRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.StatusRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            return new $root.etcdserverpb.StatusRequest();
        };

        StatusRequest.toObject = function () {
            return {};
        };

        StatusRequest.prototype.toJSON = function() {
            return StatusRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return StatusRequest;
    })();

    etcdserverpb.StatusResponse = (function() {

        const StatusResponse = function (properties) {
            this.errors = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        StatusResponse.prototype.header = null;
        StatusResponse.prototype.version = "";
        StatusResponse.prototype.dbSize = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        StatusResponse.prototype.leader = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        StatusResponse.prototype.raftIndex = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        StatusResponse.prototype.raftTerm = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        StatusResponse.prototype.raftAppliedIndex = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        StatusResponse.prototype.errors = $util.emptyArray;
        StatusResponse.prototype.dbSizeInUse = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        StatusResponse.prototype.isLearner = false;
        StatusResponse.prototype.storageVersion = "";
        StatusResponse.prototype.dbSizeQuota = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        StatusResponse.prototype.downgradeInfo = null;

        StatusResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(18).string(message.version);
            if (message.dbSize != null && $Object.hasOwnProperty.call(message, "dbSize") && (typeof message.dbSize === "object" ? message.dbSize.low || message.dbSize.high : message.dbSize !== 0))
                writer.uint32(24).int64(message.dbSize);
            if (message.leader != null && $Object.hasOwnProperty.call(message, "leader") && (typeof message.leader === "object" ? message.leader.low || message.leader.high : message.leader !== 0))
                writer.uint32(32).uint64(message.leader);
            if (message.raftIndex != null && $Object.hasOwnProperty.call(message, "raftIndex") && (typeof message.raftIndex === "object" ? message.raftIndex.low || message.raftIndex.high : message.raftIndex !== 0))
                writer.uint32(40).uint64(message.raftIndex);
            if (message.raftTerm != null && $Object.hasOwnProperty.call(message, "raftTerm") && (typeof message.raftTerm === "object" ? message.raftTerm.low || message.raftTerm.high : message.raftTerm !== 0))
                writer.uint32(48).uint64(message.raftTerm);
            if (message.raftAppliedIndex != null && $Object.hasOwnProperty.call(message, "raftAppliedIndex") && (typeof message.raftAppliedIndex === "object" ? message.raftAppliedIndex.low || message.raftAppliedIndex.high : message.raftAppliedIndex !== 0))
                writer.uint32(56).uint64(message.raftAppliedIndex);
            if (message.errors != null && message.errors.length)
                for (let i = 0; i < message.errors.length; ++i)
                    writer.uint32(66).string(message.errors[i]);
            if (message.dbSizeInUse != null && $Object.hasOwnProperty.call(message, "dbSizeInUse") && (typeof message.dbSizeInUse === "object" ? message.dbSizeInUse.low || message.dbSizeInUse.high : message.dbSizeInUse !== 0))
                writer.uint32(72).int64(message.dbSizeInUse);
            if (message.isLearner != null && $Object.hasOwnProperty.call(message, "isLearner") && message.isLearner !== false)
                writer.uint32(80).bool(message.isLearner);
            if (message.storageVersion != null && $Object.hasOwnProperty.call(message, "storageVersion") && message.storageVersion !== "")
                writer.uint32(90).string(message.storageVersion);
            if (message.dbSizeQuota != null && $Object.hasOwnProperty.call(message, "dbSizeQuota") && (typeof message.dbSizeQuota === "object" ? message.dbSizeQuota.low || message.dbSizeQuota.high : message.dbSizeQuota !== 0))
                writer.uint32(96).int64(message.dbSizeQuota);
            if (message.downgradeInfo != null && $Object.hasOwnProperty.call(message, "downgradeInfo"))
                $root.etcdserverpb.DowngradeInfo.encode(message.downgradeInfo, writer.uint32(106).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        StatusResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.StatusResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.dbSize = value;
                        else
                            delete message.dbSize;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.leader = value;
                        else
                            delete message.leader;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.raftIndex = value;
                        else
                            delete message.raftIndex;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.raftTerm = value;
                        else
                            delete message.raftTerm;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.raftAppliedIndex = value;
                        else
                            delete message.raftAppliedIndex;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if (!(message.errors && message.errors.length))
                            message.errors = [];
                        message.errors.push(reader.stringVerify());
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.dbSizeInUse = value;
                        else
                            delete message.dbSizeInUse;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.isLearner = value;
                        else
                            delete message.isLearner;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.storageVersion = value;
                        else
                            delete message.storageVersion;
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.dbSizeQuota = value;
                        else
                            delete message.dbSizeQuota;
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        message.downgradeInfo = $root.etcdserverpb.DowngradeInfo.decode(reader, reader.size(), $undefined, _depth + 1, message.downgradeInfo);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        StatusResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.StatusResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.StatusResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.StatusResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.StatusResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.version != null)
                if (typeof object.version !== "string" || object.version.length)
                    message.version = $String(object.version);
            if (object.dbSize != null)
                if (typeof object.dbSize === "object" ? object.dbSize.low || object.dbSize.high : $Number(object.dbSize) !== 0)
                    if ($util.Long)
                        message.dbSize = $util.Long.fromValue(object.dbSize, false);
                    else if (typeof object.dbSize === "string")
                        message.dbSize = $parseInt(object.dbSize, 10);
                    else if (typeof object.dbSize === "number")
                        message.dbSize = object.dbSize;
                    else if (typeof object.dbSize === "object")
                        message.dbSize = new $util.LongBits(object.dbSize.low >>> 0, object.dbSize.high >>> 0).toNumber();
            if (object.leader != null)
                if (typeof object.leader === "object" ? object.leader.low || object.leader.high : $Number(object.leader) !== 0)
                    if ($util.Long)
                        message.leader = $util.Long.fromValue(object.leader, true);
                    else if (typeof object.leader === "string")
                        message.leader = $parseInt(object.leader, 10);
                    else if (typeof object.leader === "number")
                        message.leader = object.leader;
                    else if (typeof object.leader === "object")
                        message.leader = new $util.LongBits(object.leader.low >>> 0, object.leader.high >>> 0).toNumber(true);
            if (object.raftIndex != null)
                if (typeof object.raftIndex === "object" ? object.raftIndex.low || object.raftIndex.high : $Number(object.raftIndex) !== 0)
                    if ($util.Long)
                        message.raftIndex = $util.Long.fromValue(object.raftIndex, true);
                    else if (typeof object.raftIndex === "string")
                        message.raftIndex = $parseInt(object.raftIndex, 10);
                    else if (typeof object.raftIndex === "number")
                        message.raftIndex = object.raftIndex;
                    else if (typeof object.raftIndex === "object")
                        message.raftIndex = new $util.LongBits(object.raftIndex.low >>> 0, object.raftIndex.high >>> 0).toNumber(true);
            if (object.raftTerm != null)
                if (typeof object.raftTerm === "object" ? object.raftTerm.low || object.raftTerm.high : $Number(object.raftTerm) !== 0)
                    if ($util.Long)
                        message.raftTerm = $util.Long.fromValue(object.raftTerm, true);
                    else if (typeof object.raftTerm === "string")
                        message.raftTerm = $parseInt(object.raftTerm, 10);
                    else if (typeof object.raftTerm === "number")
                        message.raftTerm = object.raftTerm;
                    else if (typeof object.raftTerm === "object")
                        message.raftTerm = new $util.LongBits(object.raftTerm.low >>> 0, object.raftTerm.high >>> 0).toNumber(true);
            if (object.raftAppliedIndex != null)
                if (typeof object.raftAppliedIndex === "object" ? object.raftAppliedIndex.low || object.raftAppliedIndex.high : $Number(object.raftAppliedIndex) !== 0)
                    if ($util.Long)
                        message.raftAppliedIndex = $util.Long.fromValue(object.raftAppliedIndex, true);
                    else if (typeof object.raftAppliedIndex === "string")
                        message.raftAppliedIndex = $parseInt(object.raftAppliedIndex, 10);
                    else if (typeof object.raftAppliedIndex === "number")
                        message.raftAppliedIndex = object.raftAppliedIndex;
                    else if (typeof object.raftAppliedIndex === "object")
                        message.raftAppliedIndex = new $util.LongBits(object.raftAppliedIndex.low >>> 0, object.raftAppliedIndex.high >>> 0).toNumber(true);
            if (object.errors) {
                if (!$Array.isArray(object.errors))
                    throw $TypeError(".etcdserverpb.StatusResponse.errors: array expected");
                message.errors = $Array(object.errors.length);
                for (let i = 0; i < object.errors.length; ++i)
                    message.errors[i] = $String(object.errors[i]);
            }
            if (object.dbSizeInUse != null)
                if (typeof object.dbSizeInUse === "object" ? object.dbSizeInUse.low || object.dbSizeInUse.high : $Number(object.dbSizeInUse) !== 0)
                    if ($util.Long)
                        message.dbSizeInUse = $util.Long.fromValue(object.dbSizeInUse, false);
                    else if (typeof object.dbSizeInUse === "string")
                        message.dbSizeInUse = $parseInt(object.dbSizeInUse, 10);
                    else if (typeof object.dbSizeInUse === "number")
                        message.dbSizeInUse = object.dbSizeInUse;
                    else if (typeof object.dbSizeInUse === "object")
                        message.dbSizeInUse = new $util.LongBits(object.dbSizeInUse.low >>> 0, object.dbSizeInUse.high >>> 0).toNumber();
            if (object.isLearner != null)
                if (object.isLearner)
                    message.isLearner = $Boolean(object.isLearner);
            if (object.storageVersion != null)
                if (typeof object.storageVersion !== "string" || object.storageVersion.length)
                    message.storageVersion = $String(object.storageVersion);
            if (object.dbSizeQuota != null)
                if (typeof object.dbSizeQuota === "object" ? object.dbSizeQuota.low || object.dbSizeQuota.high : $Number(object.dbSizeQuota) !== 0)
                    if ($util.Long)
                        message.dbSizeQuota = $util.Long.fromValue(object.dbSizeQuota, false);
                    else if (typeof object.dbSizeQuota === "string")
                        message.dbSizeQuota = $parseInt(object.dbSizeQuota, 10);
                    else if (typeof object.dbSizeQuota === "number")
                        message.dbSizeQuota = object.dbSizeQuota;
                    else if (typeof object.dbSizeQuota === "object")
                        message.dbSizeQuota = new $util.LongBits(object.dbSizeQuota.low >>> 0, object.dbSizeQuota.high >>> 0).toNumber();
            if (object.downgradeInfo != null) {
                if (!$util.isObject(object.downgradeInfo))
                    throw $TypeError(".etcdserverpb.StatusResponse.downgradeInfo: object expected");
                message.downgradeInfo = $root.etcdserverpb.DowngradeInfo.fromObject(object.downgradeInfo, _depth + 1);
            }
            return message;
        };

        StatusResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.errors = [];
            if (options.defaults) {
                object.header = null;
                object.version = "";
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.dbSize = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.dbSize = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.leader = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.leader = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.raftIndex = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.raftIndex = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.raftTerm = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.raftTerm = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.raftAppliedIndex = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.raftAppliedIndex = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.dbSizeInUse = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.dbSizeInUse = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.isLearner = false;
                object.storageVersion = "";
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.dbSizeQuota = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.dbSizeQuota = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.downgradeInfo = null;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                object.version = message.version;
            if (message.dbSize != null && $Object.hasOwnProperty.call(message, "dbSize"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.dbSize = typeof message.dbSize === "number" ? $BigInt(message.dbSize) : $util.Long.fromBits(message.dbSize.low >>> 0, message.dbSize.high >>> 0, false).toBigInt();
                else if (typeof message.dbSize === "number")
                    object.dbSize = options.longs === $String ? $String(message.dbSize) : message.dbSize;
                else
                    object.dbSize = options.longs === $String ? $util.Long.prototype.toString.call(message.dbSize) : options.longs === $Number ? new $util.LongBits(message.dbSize.low >>> 0, message.dbSize.high >>> 0).toNumber() : message.dbSize;
            if (message.leader != null && $Object.hasOwnProperty.call(message, "leader"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.leader = typeof message.leader === "number" ? $BigInt(message.leader) : $util.Long.fromBits(message.leader.low >>> 0, message.leader.high >>> 0, true).toBigInt();
                else if (typeof message.leader === "number")
                    object.leader = options.longs === $String ? $String(message.leader) : message.leader;
                else
                    object.leader = options.longs === $String ? $util.Long.prototype.toString.call(message.leader) : options.longs === $Number ? new $util.LongBits(message.leader.low >>> 0, message.leader.high >>> 0).toNumber(true) : message.leader;
            if (message.raftIndex != null && $Object.hasOwnProperty.call(message, "raftIndex"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.raftIndex = typeof message.raftIndex === "number" ? $BigInt(message.raftIndex) : $util.Long.fromBits(message.raftIndex.low >>> 0, message.raftIndex.high >>> 0, true).toBigInt();
                else if (typeof message.raftIndex === "number")
                    object.raftIndex = options.longs === $String ? $String(message.raftIndex) : message.raftIndex;
                else
                    object.raftIndex = options.longs === $String ? $util.Long.prototype.toString.call(message.raftIndex) : options.longs === $Number ? new $util.LongBits(message.raftIndex.low >>> 0, message.raftIndex.high >>> 0).toNumber(true) : message.raftIndex;
            if (message.raftTerm != null && $Object.hasOwnProperty.call(message, "raftTerm"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.raftTerm = typeof message.raftTerm === "number" ? $BigInt(message.raftTerm) : $util.Long.fromBits(message.raftTerm.low >>> 0, message.raftTerm.high >>> 0, true).toBigInt();
                else if (typeof message.raftTerm === "number")
                    object.raftTerm = options.longs === $String ? $String(message.raftTerm) : message.raftTerm;
                else
                    object.raftTerm = options.longs === $String ? $util.Long.prototype.toString.call(message.raftTerm) : options.longs === $Number ? new $util.LongBits(message.raftTerm.low >>> 0, message.raftTerm.high >>> 0).toNumber(true) : message.raftTerm;
            if (message.raftAppliedIndex != null && $Object.hasOwnProperty.call(message, "raftAppliedIndex"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.raftAppliedIndex = typeof message.raftAppliedIndex === "number" ? $BigInt(message.raftAppliedIndex) : $util.Long.fromBits(message.raftAppliedIndex.low >>> 0, message.raftAppliedIndex.high >>> 0, true).toBigInt();
                else if (typeof message.raftAppliedIndex === "number")
                    object.raftAppliedIndex = options.longs === $String ? $String(message.raftAppliedIndex) : message.raftAppliedIndex;
                else
                    object.raftAppliedIndex = options.longs === $String ? $util.Long.prototype.toString.call(message.raftAppliedIndex) : options.longs === $Number ? new $util.LongBits(message.raftAppliedIndex.low >>> 0, message.raftAppliedIndex.high >>> 0).toNumber(true) : message.raftAppliedIndex;
            if (message.errors && message.errors.length) {
                object.errors = $Array(message.errors.length);
                for (let j = 0; j < message.errors.length; ++j)
                    object.errors[j] = message.errors[j];
            }
            if (message.dbSizeInUse != null && $Object.hasOwnProperty.call(message, "dbSizeInUse"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.dbSizeInUse = typeof message.dbSizeInUse === "number" ? $BigInt(message.dbSizeInUse) : $util.Long.fromBits(message.dbSizeInUse.low >>> 0, message.dbSizeInUse.high >>> 0, false).toBigInt();
                else if (typeof message.dbSizeInUse === "number")
                    object.dbSizeInUse = options.longs === $String ? $String(message.dbSizeInUse) : message.dbSizeInUse;
                else
                    object.dbSizeInUse = options.longs === $String ? $util.Long.prototype.toString.call(message.dbSizeInUse) : options.longs === $Number ? new $util.LongBits(message.dbSizeInUse.low >>> 0, message.dbSizeInUse.high >>> 0).toNumber() : message.dbSizeInUse;
            if (message.isLearner != null && $Object.hasOwnProperty.call(message, "isLearner"))
                object.isLearner = message.isLearner;
            if (message.storageVersion != null && $Object.hasOwnProperty.call(message, "storageVersion"))
                object.storageVersion = message.storageVersion;
            if (message.dbSizeQuota != null && $Object.hasOwnProperty.call(message, "dbSizeQuota"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.dbSizeQuota = typeof message.dbSizeQuota === "number" ? $BigInt(message.dbSizeQuota) : $util.Long.fromBits(message.dbSizeQuota.low >>> 0, message.dbSizeQuota.high >>> 0, false).toBigInt();
                else if (typeof message.dbSizeQuota === "number")
                    object.dbSizeQuota = options.longs === $String ? $String(message.dbSizeQuota) : message.dbSizeQuota;
                else
                    object.dbSizeQuota = options.longs === $String ? $util.Long.prototype.toString.call(message.dbSizeQuota) : options.longs === $Number ? new $util.LongBits(message.dbSizeQuota.low >>> 0, message.dbSizeQuota.high >>> 0).toNumber() : message.dbSizeQuota;
            if (message.downgradeInfo != null && $Object.hasOwnProperty.call(message, "downgradeInfo"))
                object.downgradeInfo = $root.etcdserverpb.DowngradeInfo.toObject(message.downgradeInfo, options, _depth + 1);
            return object;
        };

        StatusResponse.prototype.toJSON = function() {
            return StatusResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return StatusResponse;
    })();

    etcdserverpb.DowngradeInfo = (function() {

        const DowngradeInfo = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        DowngradeInfo.prototype.enabled = false;
        DowngradeInfo.prototype.targetVersion = "";

        DowngradeInfo.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.enabled != null && $Object.hasOwnProperty.call(message, "enabled") && message.enabled !== false)
                writer.uint32(8).bool(message.enabled);
            if (message.targetVersion != null && $Object.hasOwnProperty.call(message, "targetVersion") && message.targetVersion !== "")
                writer.uint32(18).string(message.targetVersion);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        DowngradeInfo.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.DowngradeInfo();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.enabled = value;
                        else
                            delete message.enabled;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.targetVersion = value;
                        else
                            delete message.targetVersion;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        DowngradeInfo.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.DowngradeInfo)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.DowngradeInfo: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.DowngradeInfo();
            if (object.enabled != null)
                if (object.enabled)
                    message.enabled = $Boolean(object.enabled);
            if (object.targetVersion != null)
                if (typeof object.targetVersion !== "string" || object.targetVersion.length)
                    message.targetVersion = $String(object.targetVersion);
            return message;
        };

        DowngradeInfo.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.enabled = false;
                object.targetVersion = "";
            }
            if (message.enabled != null && $Object.hasOwnProperty.call(message, "enabled"))
                object.enabled = message.enabled;
            if (message.targetVersion != null && $Object.hasOwnProperty.call(message, "targetVersion"))
                object.targetVersion = message.targetVersion;
            return object;
        };

        DowngradeInfo.prototype.toJSON = function() {
            return DowngradeInfo.toObject(this, $protobuf.util.toJSONOptions);
        };

        return DowngradeInfo;
    })();

    etcdserverpb.AuthEnableRequest = (function() {

        const AuthEnableRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthEnableRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthEnableRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthEnableRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthEnableRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthEnableRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthEnableRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            return new $root.etcdserverpb.AuthEnableRequest();
        };

        AuthEnableRequest.toObject = function () {
            return {};
        };

        AuthEnableRequest.prototype.toJSON = function() {
            return AuthEnableRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthEnableRequest;
    })();

    etcdserverpb.AuthDisableRequest = (function() {

        const AuthDisableRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthDisableRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthDisableRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthDisableRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthDisableRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthDisableRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthDisableRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            return new $root.etcdserverpb.AuthDisableRequest();
        };

        AuthDisableRequest.toObject = function () {
            return {};
        };

        AuthDisableRequest.prototype.toJSON = function() {
            return AuthDisableRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthDisableRequest;
    })();

    etcdserverpb.AuthStatusRequest = (function() {

        const AuthStatusRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthStatusRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthStatusRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthStatusRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthStatusRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthStatusRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthStatusRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            return new $root.etcdserverpb.AuthStatusRequest();
        };

        AuthStatusRequest.toObject = function () {
            return {};
        };

        AuthStatusRequest.prototype.toJSON = function() {
            return AuthStatusRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthStatusRequest;
    })();

    etcdserverpb.AuthenticateRequest = (function() {

        const AuthenticateRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthenticateRequest.prototype.name = "";
        AuthenticateRequest.prototype.password = "";

        AuthenticateRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.password != null && $Object.hasOwnProperty.call(message, "password") && message.password !== "")
                writer.uint32(18).string(message.password);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthenticateRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthenticateRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.password = value;
                        else
                            delete message.password;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthenticateRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthenticateRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthenticateRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthenticateRequest();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.password != null)
                if (typeof object.password !== "string" || object.password.length)
                    message.password = $String(object.password);
            return message;
        };

        AuthenticateRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.name = "";
                object.password = "";
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.password != null && $Object.hasOwnProperty.call(message, "password"))
                object.password = message.password;
            return object;
        };

        AuthenticateRequest.prototype.toJSON = function() {
            return AuthenticateRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthenticateRequest;
    })();

    etcdserverpb.AuthUserAddRequest = (function() {

        const AuthUserAddRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserAddRequest.prototype.name = "";
        AuthUserAddRequest.prototype.password = "";
        AuthUserAddRequest.prototype.options = null;
        AuthUserAddRequest.prototype.hashedPassword = "";

        AuthUserAddRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.password != null && $Object.hasOwnProperty.call(message, "password") && message.password !== "")
                writer.uint32(18).string(message.password);
            if (message.options != null && $Object.hasOwnProperty.call(message, "options"))
                $root.authpb.UserAddOptions.encode(message.options, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.hashedPassword != null && $Object.hasOwnProperty.call(message, "hashedPassword") && message.hashedPassword !== "")
                writer.uint32(34).string(message.hashedPassword);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserAddRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserAddRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.password = value;
                        else
                            delete message.password;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.options = $root.authpb.UserAddOptions.decode(reader, reader.size(), $undefined, _depth + 1, message.options);
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.hashedPassword = value;
                        else
                            delete message.hashedPassword;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserAddRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserAddRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserAddRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthUserAddRequest();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.password != null)
                if (typeof object.password !== "string" || object.password.length)
                    message.password = $String(object.password);
            if (object.options != null) {
                if (!$util.isObject(object.options))
                    throw $TypeError(".etcdserverpb.AuthUserAddRequest.options: object expected");
                message.options = $root.authpb.UserAddOptions.fromObject(object.options, _depth + 1);
            }
            if (object.hashedPassword != null)
                if (typeof object.hashedPassword !== "string" || object.hashedPassword.length)
                    message.hashedPassword = $String(object.hashedPassword);
            return message;
        };

        AuthUserAddRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.name = "";
                object.password = "";
                object.options = null;
                object.hashedPassword = "";
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.password != null && $Object.hasOwnProperty.call(message, "password"))
                object.password = message.password;
            if (message.options != null && $Object.hasOwnProperty.call(message, "options"))
                object.options = $root.authpb.UserAddOptions.toObject(message.options, options, _depth + 1);
            if (message.hashedPassword != null && $Object.hasOwnProperty.call(message, "hashedPassword"))
                object.hashedPassword = message.hashedPassword;
            return object;
        };

        AuthUserAddRequest.prototype.toJSON = function() {
            return AuthUserAddRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserAddRequest;
    })();

    etcdserverpb.AuthUserGetRequest = (function() {

        const AuthUserGetRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserGetRequest.prototype.name = "";

        AuthUserGetRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserGetRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserGetRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserGetRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserGetRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserGetRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthUserGetRequest();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            return message;
        };

        AuthUserGetRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.name = "";
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            return object;
        };

        AuthUserGetRequest.prototype.toJSON = function() {
            return AuthUserGetRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserGetRequest;
    })();

    etcdserverpb.AuthUserDeleteRequest = (function() {

        const AuthUserDeleteRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserDeleteRequest.prototype.name = "";

        AuthUserDeleteRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserDeleteRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserDeleteRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserDeleteRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserDeleteRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserDeleteRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthUserDeleteRequest();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            return message;
        };

        AuthUserDeleteRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.name = "";
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            return object;
        };

        AuthUserDeleteRequest.prototype.toJSON = function() {
            return AuthUserDeleteRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserDeleteRequest;
    })();

    etcdserverpb.AuthUserChangePasswordRequest = (function() {

        const AuthUserChangePasswordRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserChangePasswordRequest.prototype.name = "";
        AuthUserChangePasswordRequest.prototype.password = "";
        AuthUserChangePasswordRequest.prototype.hashedPassword = "";

        AuthUserChangePasswordRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.password != null && $Object.hasOwnProperty.call(message, "password") && message.password !== "")
                writer.uint32(18).string(message.password);
            if (message.hashedPassword != null && $Object.hasOwnProperty.call(message, "hashedPassword") && message.hashedPassword !== "")
                writer.uint32(26).string(message.hashedPassword);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserChangePasswordRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserChangePasswordRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.password = value;
                        else
                            delete message.password;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.hashedPassword = value;
                        else
                            delete message.hashedPassword;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserChangePasswordRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserChangePasswordRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserChangePasswordRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthUserChangePasswordRequest();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.password != null)
                if (typeof object.password !== "string" || object.password.length)
                    message.password = $String(object.password);
            if (object.hashedPassword != null)
                if (typeof object.hashedPassword !== "string" || object.hashedPassword.length)
                    message.hashedPassword = $String(object.hashedPassword);
            return message;
        };

        AuthUserChangePasswordRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.name = "";
                object.password = "";
                object.hashedPassword = "";
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.password != null && $Object.hasOwnProperty.call(message, "password"))
                object.password = message.password;
            if (message.hashedPassword != null && $Object.hasOwnProperty.call(message, "hashedPassword"))
                object.hashedPassword = message.hashedPassword;
            return object;
        };

        AuthUserChangePasswordRequest.prototype.toJSON = function() {
            return AuthUserChangePasswordRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserChangePasswordRequest;
    })();

    etcdserverpb.AuthUserGrantRoleRequest = (function() {

        const AuthUserGrantRoleRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserGrantRoleRequest.prototype.user = "";
        AuthUserGrantRoleRequest.prototype.role = "";

        AuthUserGrantRoleRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.user != null && $Object.hasOwnProperty.call(message, "user") && message.user !== "")
                writer.uint32(10).string(message.user);
            if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                writer.uint32(18).string(message.role);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserGrantRoleRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserGrantRoleRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.user = value;
                        else
                            delete message.user;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.role = value;
                        else
                            delete message.role;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserGrantRoleRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserGrantRoleRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserGrantRoleRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthUserGrantRoleRequest();
            if (object.user != null)
                if (typeof object.user !== "string" || object.user.length)
                    message.user = $String(object.user);
            if (object.role != null)
                if (typeof object.role !== "string" || object.role.length)
                    message.role = $String(object.role);
            return message;
        };

        AuthUserGrantRoleRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.user = "";
                object.role = "";
            }
            if (message.user != null && $Object.hasOwnProperty.call(message, "user"))
                object.user = message.user;
            if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                object.role = message.role;
            return object;
        };

        AuthUserGrantRoleRequest.prototype.toJSON = function() {
            return AuthUserGrantRoleRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserGrantRoleRequest;
    })();

    etcdserverpb.AuthUserRevokeRoleRequest = (function() {

        const AuthUserRevokeRoleRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserRevokeRoleRequest.prototype.name = "";
        AuthUserRevokeRoleRequest.prototype.role = "";

        AuthUserRevokeRoleRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                writer.uint32(18).string(message.role);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserRevokeRoleRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserRevokeRoleRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.role = value;
                        else
                            delete message.role;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserRevokeRoleRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserRevokeRoleRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserRevokeRoleRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthUserRevokeRoleRequest();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.role != null)
                if (typeof object.role !== "string" || object.role.length)
                    message.role = $String(object.role);
            return message;
        };

        AuthUserRevokeRoleRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.name = "";
                object.role = "";
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                object.role = message.role;
            return object;
        };

        AuthUserRevokeRoleRequest.prototype.toJSON = function() {
            return AuthUserRevokeRoleRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserRevokeRoleRequest;
    })();

    etcdserverpb.AuthRoleAddRequest = (function() {

        const AuthRoleAddRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthRoleAddRequest.prototype.name = "";

        AuthRoleAddRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthRoleAddRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthRoleAddRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthRoleAddRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthRoleAddRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthRoleAddRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthRoleAddRequest();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            return message;
        };

        AuthRoleAddRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.name = "";
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            return object;
        };

        AuthRoleAddRequest.prototype.toJSON = function() {
            return AuthRoleAddRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthRoleAddRequest;
    })();

    etcdserverpb.AuthRoleGetRequest = (function() {

        const AuthRoleGetRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthRoleGetRequest.prototype.role = "";

        AuthRoleGetRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                writer.uint32(10).string(message.role);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthRoleGetRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthRoleGetRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.role = value;
                        else
                            delete message.role;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthRoleGetRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthRoleGetRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthRoleGetRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthRoleGetRequest();
            if (object.role != null)
                if (typeof object.role !== "string" || object.role.length)
                    message.role = $String(object.role);
            return message;
        };

        AuthRoleGetRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.role = "";
            if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                object.role = message.role;
            return object;
        };

        AuthRoleGetRequest.prototype.toJSON = function() {
            return AuthRoleGetRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthRoleGetRequest;
    })();

    etcdserverpb.AuthUserListRequest = (function() {

        const AuthUserListRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserListRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserListRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserListRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserListRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserListRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserListRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            return new $root.etcdserverpb.AuthUserListRequest();
        };

        AuthUserListRequest.toObject = function () {
            return {};
        };

        AuthUserListRequest.prototype.toJSON = function() {
            return AuthUserListRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserListRequest;
    })();

    etcdserverpb.AuthRoleListRequest = (function() {

        const AuthRoleListRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthRoleListRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthRoleListRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthRoleListRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthRoleListRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthRoleListRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthRoleListRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            return new $root.etcdserverpb.AuthRoleListRequest();
        };

        AuthRoleListRequest.toObject = function () {
            return {};
        };

        AuthRoleListRequest.prototype.toJSON = function() {
            return AuthRoleListRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthRoleListRequest;
    })();

    etcdserverpb.AuthRoleDeleteRequest = (function() {

        const AuthRoleDeleteRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthRoleDeleteRequest.prototype.role = "";

        AuthRoleDeleteRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                writer.uint32(10).string(message.role);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthRoleDeleteRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthRoleDeleteRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.role = value;
                        else
                            delete message.role;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthRoleDeleteRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthRoleDeleteRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthRoleDeleteRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthRoleDeleteRequest();
            if (object.role != null)
                if (typeof object.role !== "string" || object.role.length)
                    message.role = $String(object.role);
            return message;
        };

        AuthRoleDeleteRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.role = "";
            if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                object.role = message.role;
            return object;
        };

        AuthRoleDeleteRequest.prototype.toJSON = function() {
            return AuthRoleDeleteRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthRoleDeleteRequest;
    })();

    etcdserverpb.AuthRoleGrantPermissionRequest = (function() {

        const AuthRoleGrantPermissionRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthRoleGrantPermissionRequest.prototype.name = "";
        AuthRoleGrantPermissionRequest.prototype.perm = null;

        AuthRoleGrantPermissionRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.perm != null && $Object.hasOwnProperty.call(message, "perm"))
                $root.authpb.Permission.encode(message.perm, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthRoleGrantPermissionRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthRoleGrantPermissionRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.perm = $root.authpb.Permission.decode(reader, reader.size(), $undefined, _depth + 1, message.perm);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthRoleGrantPermissionRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthRoleGrantPermissionRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthRoleGrantPermissionRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthRoleGrantPermissionRequest();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.perm != null) {
                if (!$util.isObject(object.perm))
                    throw $TypeError(".etcdserverpb.AuthRoleGrantPermissionRequest.perm: object expected");
                message.perm = $root.authpb.Permission.fromObject(object.perm, _depth + 1);
            }
            return message;
        };

        AuthRoleGrantPermissionRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.name = "";
                object.perm = null;
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.perm != null && $Object.hasOwnProperty.call(message, "perm"))
                object.perm = $root.authpb.Permission.toObject(message.perm, options, _depth + 1);
            return object;
        };

        AuthRoleGrantPermissionRequest.prototype.toJSON = function() {
            return AuthRoleGrantPermissionRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthRoleGrantPermissionRequest;
    })();

    etcdserverpb.AuthRoleRevokePermissionRequest = (function() {

        const AuthRoleRevokePermissionRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthRoleRevokePermissionRequest.prototype.role = "";
        AuthRoleRevokePermissionRequest.prototype.key = $util.newBuffer([]);
        AuthRoleRevokePermissionRequest.prototype.range_end = $util.newBuffer([]);

        AuthRoleRevokePermissionRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                writer.uint32(10).string(message.role);
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key.length)
                writer.uint32(18).bytes(message.key);
            if (message.range_end != null && $Object.hasOwnProperty.call(message, "range_end") && message.range_end.length)
                writer.uint32(26).bytes(message.range_end);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthRoleRevokePermissionRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthRoleRevokePermissionRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.role = value;
                        else
                            delete message.role;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.range_end = value;
                        else
                            delete message.range_end;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthRoleRevokePermissionRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthRoleRevokePermissionRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthRoleRevokePermissionRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthRoleRevokePermissionRequest();
            if (object.role != null)
                if (typeof object.role !== "string" || object.role.length)
                    message.role = $String(object.role);
            if (object.key != null)
                if (object.key.length)
                    if (typeof object.key === "string")
                        $util.base64.decode(object.key, message.key = $util.newBuffer($util.base64.length(object.key)), 0);
                    else if (object.key.length >= 0)
                        message.key = object.key;
            if (object.range_end != null)
                if (object.range_end.length)
                    if (typeof object.range_end === "string")
                        $util.base64.decode(object.range_end, message.range_end = $util.newBuffer($util.base64.length(object.range_end)), 0);
                    else if (object.range_end.length >= 0)
                        message.range_end = object.range_end;
            return message;
        };

        AuthRoleRevokePermissionRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.role = "";
                if (options.bytes === $String)
                    object.key = "";
                else {
                    object.key = [];
                    if (options.bytes !== $Array)
                        object.key = $util.newBuffer(object.key);
                }
                if (options.bytes === $String)
                    object.range_end = "";
                else {
                    object.range_end = [];
                    if (options.bytes !== $Array)
                        object.range_end = $util.newBuffer(object.range_end);
                }
            }
            if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                object.role = message.role;
            if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                object.key = options.bytes === $String ? $util.base64.encode(message.key, 0, message.key.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.key) : message.key;
            if (message.range_end != null && $Object.hasOwnProperty.call(message, "range_end"))
                object.range_end = options.bytes === $String ? $util.base64.encode(message.range_end, 0, message.range_end.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.range_end) : message.range_end;
            return object;
        };

        AuthRoleRevokePermissionRequest.prototype.toJSON = function() {
            return AuthRoleRevokePermissionRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthRoleRevokePermissionRequest;
    })();

    etcdserverpb.AuthEnableResponse = (function() {

        const AuthEnableResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthEnableResponse.prototype.header = null;

        AuthEnableResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthEnableResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthEnableResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthEnableResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthEnableResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthEnableResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthEnableResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthEnableResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        AuthEnableResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        AuthEnableResponse.prototype.toJSON = function() {
            return AuthEnableResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthEnableResponse;
    })();

    etcdserverpb.AuthDisableResponse = (function() {

        const AuthDisableResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthDisableResponse.prototype.header = null;

        AuthDisableResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthDisableResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthDisableResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthDisableResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthDisableResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthDisableResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthDisableResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthDisableResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        AuthDisableResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        AuthDisableResponse.prototype.toJSON = function() {
            return AuthDisableResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthDisableResponse;
    })();

    etcdserverpb.AuthStatusResponse = (function() {

        const AuthStatusResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthStatusResponse.prototype.header = null;
        AuthStatusResponse.prototype.enabled = false;
        AuthStatusResponse.prototype.authRevision = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        AuthStatusResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.enabled != null && $Object.hasOwnProperty.call(message, "enabled") && message.enabled !== false)
                writer.uint32(16).bool(message.enabled);
            if (message.authRevision != null && $Object.hasOwnProperty.call(message, "authRevision") && (typeof message.authRevision === "object" ? message.authRevision.low || message.authRevision.high : message.authRevision !== 0))
                writer.uint32(24).uint64(message.authRevision);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthStatusResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthStatusResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.enabled = value;
                        else
                            delete message.enabled;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.authRevision = value;
                        else
                            delete message.authRevision;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthStatusResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthStatusResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthStatusResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthStatusResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthStatusResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.enabled != null)
                if (object.enabled)
                    message.enabled = $Boolean(object.enabled);
            if (object.authRevision != null)
                if (typeof object.authRevision === "object" ? object.authRevision.low || object.authRevision.high : $Number(object.authRevision) !== 0)
                    if ($util.Long)
                        message.authRevision = $util.Long.fromValue(object.authRevision, true);
                    else if (typeof object.authRevision === "string")
                        message.authRevision = $parseInt(object.authRevision, 10);
                    else if (typeof object.authRevision === "number")
                        message.authRevision = object.authRevision;
                    else if (typeof object.authRevision === "object")
                        message.authRevision = new $util.LongBits(object.authRevision.low >>> 0, object.authRevision.high >>> 0).toNumber(true);
            return message;
        };

        AuthStatusResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.header = null;
                object.enabled = false;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.authRevision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.authRevision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.enabled != null && $Object.hasOwnProperty.call(message, "enabled"))
                object.enabled = message.enabled;
            if (message.authRevision != null && $Object.hasOwnProperty.call(message, "authRevision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.authRevision = typeof message.authRevision === "number" ? $BigInt(message.authRevision) : $util.Long.fromBits(message.authRevision.low >>> 0, message.authRevision.high >>> 0, true).toBigInt();
                else if (typeof message.authRevision === "number")
                    object.authRevision = options.longs === $String ? $String(message.authRevision) : message.authRevision;
                else
                    object.authRevision = options.longs === $String ? $util.Long.prototype.toString.call(message.authRevision) : options.longs === $Number ? new $util.LongBits(message.authRevision.low >>> 0, message.authRevision.high >>> 0).toNumber(true) : message.authRevision;
            return object;
        };

        AuthStatusResponse.prototype.toJSON = function() {
            return AuthStatusResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthStatusResponse;
    })();

    etcdserverpb.AuthenticateResponse = (function() {

        const AuthenticateResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthenticateResponse.prototype.header = null;
        AuthenticateResponse.prototype.token = "";

        AuthenticateResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.token != null && $Object.hasOwnProperty.call(message, "token") && message.token !== "")
                writer.uint32(18).string(message.token);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthenticateResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthenticateResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.token = value;
                        else
                            delete message.token;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthenticateResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthenticateResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthenticateResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthenticateResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthenticateResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.token != null)
                if (typeof object.token !== "string" || object.token.length)
                    message.token = $String(object.token);
            return message;
        };

        AuthenticateResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.header = null;
                object.token = "";
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.token != null && $Object.hasOwnProperty.call(message, "token"))
                object.token = message.token;
            return object;
        };

        AuthenticateResponse.prototype.toJSON = function() {
            return AuthenticateResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthenticateResponse;
    })();

    etcdserverpb.AuthUserAddResponse = (function() {

        const AuthUserAddResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserAddResponse.prototype.header = null;

        AuthUserAddResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserAddResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserAddResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserAddResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserAddResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserAddResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthUserAddResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthUserAddResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        AuthUserAddResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        AuthUserAddResponse.prototype.toJSON = function() {
            return AuthUserAddResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserAddResponse;
    })();

    etcdserverpb.AuthUserGetResponse = (function() {

        const AuthUserGetResponse = function (properties) {
            this.roles = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserGetResponse.prototype.header = null;
        AuthUserGetResponse.prototype.roles = $util.emptyArray;

        AuthUserGetResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.roles != null && message.roles.length)
                for (let i = 0; i < message.roles.length; ++i)
                    writer.uint32(18).string(message.roles[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserGetResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserGetResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.roles && message.roles.length))
                            message.roles = [];
                        message.roles.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserGetResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserGetResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserGetResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthUserGetResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthUserGetResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.roles) {
                if (!$Array.isArray(object.roles))
                    throw $TypeError(".etcdserverpb.AuthUserGetResponse.roles: array expected");
                message.roles = $Array(object.roles.length);
                for (let i = 0; i < object.roles.length; ++i)
                    message.roles[i] = $String(object.roles[i]);
            }
            return message;
        };

        AuthUserGetResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.roles = [];
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.roles && message.roles.length) {
                object.roles = $Array(message.roles.length);
                for (let j = 0; j < message.roles.length; ++j)
                    object.roles[j] = message.roles[j];
            }
            return object;
        };

        AuthUserGetResponse.prototype.toJSON = function() {
            return AuthUserGetResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserGetResponse;
    })();

    etcdserverpb.AuthUserDeleteResponse = (function() {

        const AuthUserDeleteResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserDeleteResponse.prototype.header = null;

        AuthUserDeleteResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserDeleteResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserDeleteResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserDeleteResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserDeleteResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserDeleteResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthUserDeleteResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthUserDeleteResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        AuthUserDeleteResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        AuthUserDeleteResponse.prototype.toJSON = function() {
            return AuthUserDeleteResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserDeleteResponse;
    })();

    etcdserverpb.AuthUserChangePasswordResponse = (function() {

        const AuthUserChangePasswordResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserChangePasswordResponse.prototype.header = null;

        AuthUserChangePasswordResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserChangePasswordResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserChangePasswordResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserChangePasswordResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserChangePasswordResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserChangePasswordResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthUserChangePasswordResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthUserChangePasswordResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        AuthUserChangePasswordResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        AuthUserChangePasswordResponse.prototype.toJSON = function() {
            return AuthUserChangePasswordResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserChangePasswordResponse;
    })();

    etcdserverpb.AuthUserGrantRoleResponse = (function() {

        const AuthUserGrantRoleResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserGrantRoleResponse.prototype.header = null;

        AuthUserGrantRoleResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserGrantRoleResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserGrantRoleResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserGrantRoleResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserGrantRoleResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserGrantRoleResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthUserGrantRoleResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthUserGrantRoleResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        AuthUserGrantRoleResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        AuthUserGrantRoleResponse.prototype.toJSON = function() {
            return AuthUserGrantRoleResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserGrantRoleResponse;
    })();

    etcdserverpb.AuthUserRevokeRoleResponse = (function() {

        const AuthUserRevokeRoleResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserRevokeRoleResponse.prototype.header = null;

        AuthUserRevokeRoleResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserRevokeRoleResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserRevokeRoleResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserRevokeRoleResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserRevokeRoleResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserRevokeRoleResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthUserRevokeRoleResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthUserRevokeRoleResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        AuthUserRevokeRoleResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        AuthUserRevokeRoleResponse.prototype.toJSON = function() {
            return AuthUserRevokeRoleResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserRevokeRoleResponse;
    })();

    etcdserverpb.AuthRoleAddResponse = (function() {

        const AuthRoleAddResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthRoleAddResponse.prototype.header = null;

        AuthRoleAddResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthRoleAddResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthRoleAddResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthRoleAddResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthRoleAddResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthRoleAddResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthRoleAddResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthRoleAddResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        AuthRoleAddResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        AuthRoleAddResponse.prototype.toJSON = function() {
            return AuthRoleAddResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthRoleAddResponse;
    })();

    etcdserverpb.AuthRoleGetResponse = (function() {

        const AuthRoleGetResponse = function (properties) {
            this.perm = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthRoleGetResponse.prototype.header = null;
        AuthRoleGetResponse.prototype.perm = $util.emptyArray;

        AuthRoleGetResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.perm != null && message.perm.length)
                for (let i = 0; i < message.perm.length; ++i)
                    $root.authpb.Permission.encode(message.perm[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthRoleGetResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthRoleGetResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.perm && message.perm.length))
                            message.perm = [];
                        message.perm.push($root.authpb.Permission.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthRoleGetResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthRoleGetResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthRoleGetResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthRoleGetResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthRoleGetResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.perm) {
                if (!$Array.isArray(object.perm))
                    throw $TypeError(".etcdserverpb.AuthRoleGetResponse.perm: array expected");
                message.perm = $Array(object.perm.length);
                for (let i = 0; i < object.perm.length; ++i) {
                    if (!$util.isObject(object.perm[i]))
                        throw $TypeError(".etcdserverpb.AuthRoleGetResponse.perm: object expected");
                    message.perm[i] = $root.authpb.Permission.fromObject(object.perm[i], _depth + 1);
                }
            }
            return message;
        };

        AuthRoleGetResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.perm = [];
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.perm && message.perm.length) {
                object.perm = $Array(message.perm.length);
                for (let j = 0; j < message.perm.length; ++j)
                    object.perm[j] = $root.authpb.Permission.toObject(message.perm[j], options, _depth + 1);
            }
            return object;
        };

        AuthRoleGetResponse.prototype.toJSON = function() {
            return AuthRoleGetResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthRoleGetResponse;
    })();

    etcdserverpb.AuthRoleListResponse = (function() {

        const AuthRoleListResponse = function (properties) {
            this.roles = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthRoleListResponse.prototype.header = null;
        AuthRoleListResponse.prototype.roles = $util.emptyArray;

        AuthRoleListResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.roles != null && message.roles.length)
                for (let i = 0; i < message.roles.length; ++i)
                    writer.uint32(18).string(message.roles[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthRoleListResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthRoleListResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.roles && message.roles.length))
                            message.roles = [];
                        message.roles.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthRoleListResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthRoleListResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthRoleListResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthRoleListResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthRoleListResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.roles) {
                if (!$Array.isArray(object.roles))
                    throw $TypeError(".etcdserverpb.AuthRoleListResponse.roles: array expected");
                message.roles = $Array(object.roles.length);
                for (let i = 0; i < object.roles.length; ++i)
                    message.roles[i] = $String(object.roles[i]);
            }
            return message;
        };

        AuthRoleListResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.roles = [];
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.roles && message.roles.length) {
                object.roles = $Array(message.roles.length);
                for (let j = 0; j < message.roles.length; ++j)
                    object.roles[j] = message.roles[j];
            }
            return object;
        };

        AuthRoleListResponse.prototype.toJSON = function() {
            return AuthRoleListResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthRoleListResponse;
    })();

    etcdserverpb.AuthUserListResponse = (function() {

        const AuthUserListResponse = function (properties) {
            this.users = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthUserListResponse.prototype.header = null;
        AuthUserListResponse.prototype.users = $util.emptyArray;

        AuthUserListResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.users != null && message.users.length)
                for (let i = 0; i < message.users.length; ++i)
                    writer.uint32(18).string(message.users[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthUserListResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthUserListResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.users && message.users.length))
                            message.users = [];
                        message.users.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthUserListResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthUserListResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthUserListResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthUserListResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthUserListResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.users) {
                if (!$Array.isArray(object.users))
                    throw $TypeError(".etcdserverpb.AuthUserListResponse.users: array expected");
                message.users = $Array(object.users.length);
                for (let i = 0; i < object.users.length; ++i)
                    message.users[i] = $String(object.users[i]);
            }
            return message;
        };

        AuthUserListResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.users = [];
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.users && message.users.length) {
                object.users = $Array(message.users.length);
                for (let j = 0; j < message.users.length; ++j)
                    object.users[j] = message.users[j];
            }
            return object;
        };

        AuthUserListResponse.prototype.toJSON = function() {
            return AuthUserListResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthUserListResponse;
    })();

    etcdserverpb.AuthRoleDeleteResponse = (function() {

        const AuthRoleDeleteResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthRoleDeleteResponse.prototype.header = null;

        AuthRoleDeleteResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthRoleDeleteResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthRoleDeleteResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthRoleDeleteResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthRoleDeleteResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthRoleDeleteResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthRoleDeleteResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthRoleDeleteResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        AuthRoleDeleteResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        AuthRoleDeleteResponse.prototype.toJSON = function() {
            return AuthRoleDeleteResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthRoleDeleteResponse;
    })();

    etcdserverpb.AuthRoleGrantPermissionResponse = (function() {

        const AuthRoleGrantPermissionResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthRoleGrantPermissionResponse.prototype.header = null;

        AuthRoleGrantPermissionResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthRoleGrantPermissionResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthRoleGrantPermissionResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthRoleGrantPermissionResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthRoleGrantPermissionResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthRoleGrantPermissionResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthRoleGrantPermissionResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthRoleGrantPermissionResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        AuthRoleGrantPermissionResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        AuthRoleGrantPermissionResponse.prototype.toJSON = function() {
            return AuthRoleGrantPermissionResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthRoleGrantPermissionResponse;
    })();

    etcdserverpb.AuthRoleRevokePermissionResponse = (function() {

        const AuthRoleRevokePermissionResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AuthRoleRevokePermissionResponse.prototype.header = null;

        AuthRoleRevokePermissionResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AuthRoleRevokePermissionResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.AuthRoleRevokePermissionResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AuthRoleRevokePermissionResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.AuthRoleRevokePermissionResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.AuthRoleRevokePermissionResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.AuthRoleRevokePermissionResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".etcdserverpb.AuthRoleRevokePermissionResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        AuthRoleRevokePermissionResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        AuthRoleRevokePermissionResponse.prototype.toJSON = function() {
            return AuthRoleRevokePermissionResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuthRoleRevokePermissionResponse;
    })();

    etcdserverpb.RangeStreamResponse = (function() {

        const RangeStreamResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RangeStreamResponse.prototype.range_response = null;

        RangeStreamResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.range_response != null && $Object.hasOwnProperty.call(message, "range_response"))
                $root.etcdserverpb.RangeResponse.encode(message.range_response, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RangeStreamResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.etcdserverpb.RangeStreamResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.range_response = $root.etcdserverpb.RangeResponse.decode(reader, reader.size(), $undefined, _depth + 1, message.range_response);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        RangeStreamResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.etcdserverpb.RangeStreamResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".etcdserverpb.RangeStreamResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.etcdserverpb.RangeStreamResponse();
            if (object.range_response != null) {
                if (!$util.isObject(object.range_response))
                    throw $TypeError(".etcdserverpb.RangeStreamResponse.range_response: object expected");
                message.range_response = $root.etcdserverpb.RangeResponse.fromObject(object.range_response, _depth + 1);
            }
            return message;
        };

        RangeStreamResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.range_response = null;
            if (message.range_response != null && $Object.hasOwnProperty.call(message, "range_response"))
                object.range_response = $root.etcdserverpb.RangeResponse.toObject(message.range_response, options, _depth + 1);
            return object;
        };

        RangeStreamResponse.prototype.toJSON = function() {
            return RangeStreamResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return RangeStreamResponse;
    })();

    return etcdserverpb;
})();

export const mvccpb = $root.mvccpb = (() => {

    const mvccpb = {};

    mvccpb.KeyValue = (function() {

        const KeyValue = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        KeyValue.prototype.key = $util.newBuffer([]);
        KeyValue.prototype.create_revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        KeyValue.prototype.mod_revision = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        KeyValue.prototype.version = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        KeyValue.prototype.value = $util.newBuffer([]);
        KeyValue.prototype.lease = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        KeyValue.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key.length)
                writer.uint32(10).bytes(message.key);
            if (message.create_revision != null && $Object.hasOwnProperty.call(message, "create_revision") && (typeof message.create_revision === "object" ? message.create_revision.low || message.create_revision.high : message.create_revision !== 0))
                writer.uint32(16).int64(message.create_revision);
            if (message.mod_revision != null && $Object.hasOwnProperty.call(message, "mod_revision") && (typeof message.mod_revision === "object" ? message.mod_revision.low || message.mod_revision.high : message.mod_revision !== 0))
                writer.uint32(24).int64(message.mod_revision);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                writer.uint32(32).int64(message.version);
            if (message.value != null && $Object.hasOwnProperty.call(message, "value") && message.value.length)
                writer.uint32(42).bytes(message.value);
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease") && (typeof message.lease === "object" ? message.lease.low || message.lease.high : message.lease !== 0))
                writer.uint32(48).int64(message.lease);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        KeyValue.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mvccpb.KeyValue();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.create_revision = value;
                        else
                            delete message.create_revision;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.mod_revision = value;
                        else
                            delete message.mod_revision;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.value = value;
                        else
                            delete message.value;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.lease = value;
                        else
                            delete message.lease;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        KeyValue.fromObject = function (object, _depth) {
            if (object instanceof $root.mvccpb.KeyValue)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".mvccpb.KeyValue: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.mvccpb.KeyValue();
            if (object.key != null)
                if (object.key.length)
                    if (typeof object.key === "string")
                        $util.base64.decode(object.key, message.key = $util.newBuffer($util.base64.length(object.key)), 0);
                    else if (object.key.length >= 0)
                        message.key = object.key;
            if (object.create_revision != null)
                if (typeof object.create_revision === "object" ? object.create_revision.low || object.create_revision.high : $Number(object.create_revision) !== 0)
                    if ($util.Long)
                        message.create_revision = $util.Long.fromValue(object.create_revision, false);
                    else if (typeof object.create_revision === "string")
                        message.create_revision = $parseInt(object.create_revision, 10);
                    else if (typeof object.create_revision === "number")
                        message.create_revision = object.create_revision;
                    else if (typeof object.create_revision === "object")
                        message.create_revision = new $util.LongBits(object.create_revision.low >>> 0, object.create_revision.high >>> 0).toNumber();
            if (object.mod_revision != null)
                if (typeof object.mod_revision === "object" ? object.mod_revision.low || object.mod_revision.high : $Number(object.mod_revision) !== 0)
                    if ($util.Long)
                        message.mod_revision = $util.Long.fromValue(object.mod_revision, false);
                    else if (typeof object.mod_revision === "string")
                        message.mod_revision = $parseInt(object.mod_revision, 10);
                    else if (typeof object.mod_revision === "number")
                        message.mod_revision = object.mod_revision;
                    else if (typeof object.mod_revision === "object")
                        message.mod_revision = new $util.LongBits(object.mod_revision.low >>> 0, object.mod_revision.high >>> 0).toNumber();
            if (object.version != null)
                if (typeof object.version === "object" ? object.version.low || object.version.high : $Number(object.version) !== 0)
                    if ($util.Long)
                        message.version = $util.Long.fromValue(object.version, false);
                    else if (typeof object.version === "string")
                        message.version = $parseInt(object.version, 10);
                    else if (typeof object.version === "number")
                        message.version = object.version;
                    else if (typeof object.version === "object")
                        message.version = new $util.LongBits(object.version.low >>> 0, object.version.high >>> 0).toNumber();
            if (object.value != null)
                if (object.value.length)
                    if (typeof object.value === "string")
                        $util.base64.decode(object.value, message.value = $util.newBuffer($util.base64.length(object.value)), 0);
                    else if (object.value.length >= 0)
                        message.value = object.value;
            if (object.lease != null)
                if (typeof object.lease === "object" ? object.lease.low || object.lease.high : $Number(object.lease) !== 0)
                    if ($util.Long)
                        message.lease = $util.Long.fromValue(object.lease, false);
                    else if (typeof object.lease === "string")
                        message.lease = $parseInt(object.lease, 10);
                    else if (typeof object.lease === "number")
                        message.lease = object.lease;
                    else if (typeof object.lease === "object")
                        message.lease = new $util.LongBits(object.lease.low >>> 0, object.lease.high >>> 0).toNumber();
            return message;
        };

        KeyValue.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if (options.bytes === $String)
                    object.key = "";
                else {
                    object.key = [];
                    if (options.bytes !== $Array)
                        object.key = $util.newBuffer(object.key);
                }
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.create_revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.create_revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.mod_revision = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.mod_revision = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.version = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.version = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if (options.bytes === $String)
                    object.value = "";
                else {
                    object.value = [];
                    if (options.bytes !== $Array)
                        object.value = $util.newBuffer(object.value);
                }
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.lease = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.lease = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                object.key = options.bytes === $String ? $util.base64.encode(message.key, 0, message.key.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.key) : message.key;
            if (message.create_revision != null && $Object.hasOwnProperty.call(message, "create_revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.create_revision = typeof message.create_revision === "number" ? $BigInt(message.create_revision) : $util.Long.fromBits(message.create_revision.low >>> 0, message.create_revision.high >>> 0, false).toBigInt();
                else if (typeof message.create_revision === "number")
                    object.create_revision = options.longs === $String ? $String(message.create_revision) : message.create_revision;
                else
                    object.create_revision = options.longs === $String ? $util.Long.prototype.toString.call(message.create_revision) : options.longs === $Number ? new $util.LongBits(message.create_revision.low >>> 0, message.create_revision.high >>> 0).toNumber() : message.create_revision;
            if (message.mod_revision != null && $Object.hasOwnProperty.call(message, "mod_revision"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.mod_revision = typeof message.mod_revision === "number" ? $BigInt(message.mod_revision) : $util.Long.fromBits(message.mod_revision.low >>> 0, message.mod_revision.high >>> 0, false).toBigInt();
                else if (typeof message.mod_revision === "number")
                    object.mod_revision = options.longs === $String ? $String(message.mod_revision) : message.mod_revision;
                else
                    object.mod_revision = options.longs === $String ? $util.Long.prototype.toString.call(message.mod_revision) : options.longs === $Number ? new $util.LongBits(message.mod_revision.low >>> 0, message.mod_revision.high >>> 0).toNumber() : message.mod_revision;
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.version = typeof message.version === "number" ? $BigInt(message.version) : $util.Long.fromBits(message.version.low >>> 0, message.version.high >>> 0, false).toBigInt();
                else if (typeof message.version === "number")
                    object.version = options.longs === $String ? $String(message.version) : message.version;
                else
                    object.version = options.longs === $String ? $util.Long.prototype.toString.call(message.version) : options.longs === $Number ? new $util.LongBits(message.version.low >>> 0, message.version.high >>> 0).toNumber() : message.version;
            if (message.value != null && $Object.hasOwnProperty.call(message, "value"))
                object.value = options.bytes === $String ? $util.base64.encode(message.value, 0, message.value.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.value) : message.value;
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.lease = typeof message.lease === "number" ? $BigInt(message.lease) : $util.Long.fromBits(message.lease.low >>> 0, message.lease.high >>> 0, false).toBigInt();
                else if (typeof message.lease === "number")
                    object.lease = options.longs === $String ? $String(message.lease) : message.lease;
                else
                    object.lease = options.longs === $String ? $util.Long.prototype.toString.call(message.lease) : options.longs === $Number ? new $util.LongBits(message.lease.low >>> 0, message.lease.high >>> 0).toNumber() : message.lease;
            return object;
        };

        KeyValue.prototype.toJSON = function() {
            return KeyValue.toObject(this, $protobuf.util.toJSONOptions);
        };

        return KeyValue;
    })();

    mvccpb.Event = (function() {

        const Event = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Event.prototype.type = 0;
        Event.prototype.kv = null;
        Event.prototype.prev_kv = null;

        Event.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.type != null && $Object.hasOwnProperty.call(message, "type") && message.type !== 0)
                writer.uint32(8).int32(message.type);
            if (message.kv != null && $Object.hasOwnProperty.call(message, "kv"))
                $root.mvccpb.KeyValue.encode(message.kv, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.prev_kv != null && $Object.hasOwnProperty.call(message, "prev_kv"))
                $root.mvccpb.KeyValue.encode(message.prev_kv, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Event.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mvccpb.Event();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.type = value;
                        else
                            delete message.type;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.kv = $root.mvccpb.KeyValue.decode(reader, reader.size(), $undefined, _depth + 1, message.kv);
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.prev_kv = $root.mvccpb.KeyValue.decode(reader, reader.size(), $undefined, _depth + 1, message.prev_kv);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Event.fromObject = function (object, _depth) {
            if (object instanceof $root.mvccpb.Event)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".mvccpb.Event: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.mvccpb.Event();
            if (object.type !== 0 && (typeof object.type !== "string" || $root.mvccpb.Event.EventType[object.type] !== 0))
                switch (object.type) {
                case "PUT":
                case 0:
                    message.type = 0;
                    break;
                case "DELETE":
                case 1:
                    message.type = 1;
                    break;
                default:
                    if (typeof object.type === "number" && (object.type | 0) === object.type)
                        message.type = object.type;
                }
            if (object.kv != null) {
                if (!$util.isObject(object.kv))
                    throw $TypeError(".mvccpb.Event.kv: object expected");
                message.kv = $root.mvccpb.KeyValue.fromObject(object.kv, _depth + 1);
            }
            if (object.prev_kv != null) {
                if (!$util.isObject(object.prev_kv))
                    throw $TypeError(".mvccpb.Event.prev_kv: object expected");
                message.prev_kv = $root.mvccpb.KeyValue.fromObject(object.prev_kv, _depth + 1);
            }
            return message;
        };

        Event.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.type = options.enums === $String ? "PUT" : 0;
                object.kv = null;
                object.prev_kv = null;
            }
            if (message.type != null && $Object.hasOwnProperty.call(message, "type"))
                object.type = options.enums === $String ? $root.mvccpb.Event.EventType[message.type] === $undefined ? message.type : $root.mvccpb.Event.EventType[message.type] : message.type;
            if (message.kv != null && $Object.hasOwnProperty.call(message, "kv"))
                object.kv = $root.mvccpb.KeyValue.toObject(message.kv, options, _depth + 1);
            if (message.prev_kv != null && $Object.hasOwnProperty.call(message, "prev_kv"))
                object.prev_kv = $root.mvccpb.KeyValue.toObject(message.prev_kv, options, _depth + 1);
            return object;
        };

        Event.prototype.toJSON = function() {
            return Event.toObject(this, $protobuf.util.toJSONOptions);
        };

        Event.EventType = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "PUT"] = 0;
            values[valuesById[1] = "DELETE"] = 1;
            return values;
        })();

        return Event;
    })();

    return mvccpb;
})();

export const authpb = $root.authpb = (() => {

    const authpb = {};

    authpb.UserAddOptions = (function() {

        const UserAddOptions = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        UserAddOptions.prototype.no_password = false;

        UserAddOptions.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.no_password != null && $Object.hasOwnProperty.call(message, "no_password") && message.no_password !== false)
                writer.uint32(8).bool(message.no_password);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        UserAddOptions.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.authpb.UserAddOptions();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.no_password = value;
                        else
                            delete message.no_password;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        UserAddOptions.fromObject = function (object, _depth) {
            if (object instanceof $root.authpb.UserAddOptions)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".authpb.UserAddOptions: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.authpb.UserAddOptions();
            if (object.no_password != null)
                if (object.no_password)
                    message.no_password = $Boolean(object.no_password);
            return message;
        };

        UserAddOptions.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.no_password = false;
            if (message.no_password != null && $Object.hasOwnProperty.call(message, "no_password"))
                object.no_password = message.no_password;
            return object;
        };

        UserAddOptions.prototype.toJSON = function() {
            return UserAddOptions.toObject(this, $protobuf.util.toJSONOptions);
        };

        return UserAddOptions;
    })();

    authpb.User = (function() {

        const User = function (properties) {
            this.roles = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        User.prototype.name = $util.newBuffer([]);
        User.prototype.password = $util.newBuffer([]);
        User.prototype.roles = $util.emptyArray;
        User.prototype.options = null;

        User.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name.length)
                writer.uint32(10).bytes(message.name);
            if (message.password != null && $Object.hasOwnProperty.call(message, "password") && message.password.length)
                writer.uint32(18).bytes(message.password);
            if (message.roles != null && message.roles.length)
                for (let i = 0; i < message.roles.length; ++i)
                    writer.uint32(26).string(message.roles[i]);
            if (message.options != null && $Object.hasOwnProperty.call(message, "options"))
                $root.authpb.UserAddOptions.encode(message.options, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        User.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.authpb.User();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.password = value;
                        else
                            delete message.password;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.roles && message.roles.length))
                            message.roles = [];
                        message.roles.push(reader.stringVerify());
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.options = $root.authpb.UserAddOptions.decode(reader, reader.size(), $undefined, _depth + 1, message.options);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        User.fromObject = function (object, _depth) {
            if (object instanceof $root.authpb.User)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".authpb.User: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.authpb.User();
            if (object.name != null)
                if (object.name.length)
                    if (typeof object.name === "string")
                        $util.base64.decode(object.name, message.name = $util.newBuffer($util.base64.length(object.name)), 0);
                    else if (object.name.length >= 0)
                        message.name = object.name;
            if (object.password != null)
                if (object.password.length)
                    if (typeof object.password === "string")
                        $util.base64.decode(object.password, message.password = $util.newBuffer($util.base64.length(object.password)), 0);
                    else if (object.password.length >= 0)
                        message.password = object.password;
            if (object.roles) {
                if (!$Array.isArray(object.roles))
                    throw $TypeError(".authpb.User.roles: array expected");
                message.roles = $Array(object.roles.length);
                for (let i = 0; i < object.roles.length; ++i)
                    message.roles[i] = $String(object.roles[i]);
            }
            if (object.options != null) {
                if (!$util.isObject(object.options))
                    throw $TypeError(".authpb.User.options: object expected");
                message.options = $root.authpb.UserAddOptions.fromObject(object.options, _depth + 1);
            }
            return message;
        };

        User.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.roles = [];
            if (options.defaults) {
                if (options.bytes === $String)
                    object.name = "";
                else {
                    object.name = [];
                    if (options.bytes !== $Array)
                        object.name = $util.newBuffer(object.name);
                }
                if (options.bytes === $String)
                    object.password = "";
                else {
                    object.password = [];
                    if (options.bytes !== $Array)
                        object.password = $util.newBuffer(object.password);
                }
                object.options = null;
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = options.bytes === $String ? $util.base64.encode(message.name, 0, message.name.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.name) : message.name;
            if (message.password != null && $Object.hasOwnProperty.call(message, "password"))
                object.password = options.bytes === $String ? $util.base64.encode(message.password, 0, message.password.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.password) : message.password;
            if (message.roles && message.roles.length) {
                object.roles = $Array(message.roles.length);
                for (let j = 0; j < message.roles.length; ++j)
                    object.roles[j] = message.roles[j];
            }
            if (message.options != null && $Object.hasOwnProperty.call(message, "options"))
                object.options = $root.authpb.UserAddOptions.toObject(message.options, options, _depth + 1);
            return object;
        };

        User.prototype.toJSON = function() {
            return User.toObject(this, $protobuf.util.toJSONOptions);
        };

        return User;
    })();

    authpb.Permission = (function() {

        const Permission = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Permission.prototype.permType = 0;
        Permission.prototype.key = $util.newBuffer([]);
        Permission.prototype.range_end = $util.newBuffer([]);

        Permission.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.permType != null && $Object.hasOwnProperty.call(message, "permType") && message.permType !== 0)
                writer.uint32(8).int32(message.permType);
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key.length)
                writer.uint32(18).bytes(message.key);
            if (message.range_end != null && $Object.hasOwnProperty.call(message, "range_end") && message.range_end.length)
                writer.uint32(26).bytes(message.range_end);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Permission.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.authpb.Permission();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.permType = value;
                        else
                            delete message.permType;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.range_end = value;
                        else
                            delete message.range_end;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Permission.fromObject = function (object, _depth) {
            if (object instanceof $root.authpb.Permission)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".authpb.Permission: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.authpb.Permission();
            if (object.permType !== 0 && (typeof object.permType !== "string" || $root.authpb.Permission.Type[object.permType] !== 0))
                switch (object.permType) {
                case "READ":
                case 0:
                    message.permType = 0;
                    break;
                case "WRITE":
                case 1:
                    message.permType = 1;
                    break;
                case "READWRITE":
                case 2:
                    message.permType = 2;
                    break;
                default:
                    if (typeof object.permType === "number" && (object.permType | 0) === object.permType)
                        message.permType = object.permType;
                }
            if (object.key != null)
                if (object.key.length)
                    if (typeof object.key === "string")
                        $util.base64.decode(object.key, message.key = $util.newBuffer($util.base64.length(object.key)), 0);
                    else if (object.key.length >= 0)
                        message.key = object.key;
            if (object.range_end != null)
                if (object.range_end.length)
                    if (typeof object.range_end === "string")
                        $util.base64.decode(object.range_end, message.range_end = $util.newBuffer($util.base64.length(object.range_end)), 0);
                    else if (object.range_end.length >= 0)
                        message.range_end = object.range_end;
            return message;
        };

        Permission.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.permType = options.enums === $String ? "READ" : 0;
                if (options.bytes === $String)
                    object.key = "";
                else {
                    object.key = [];
                    if (options.bytes !== $Array)
                        object.key = $util.newBuffer(object.key);
                }
                if (options.bytes === $String)
                    object.range_end = "";
                else {
                    object.range_end = [];
                    if (options.bytes !== $Array)
                        object.range_end = $util.newBuffer(object.range_end);
                }
            }
            if (message.permType != null && $Object.hasOwnProperty.call(message, "permType"))
                object.permType = options.enums === $String ? $root.authpb.Permission.Type[message.permType] === $undefined ? message.permType : $root.authpb.Permission.Type[message.permType] : message.permType;
            if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                object.key = options.bytes === $String ? $util.base64.encode(message.key, 0, message.key.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.key) : message.key;
            if (message.range_end != null && $Object.hasOwnProperty.call(message, "range_end"))
                object.range_end = options.bytes === $String ? $util.base64.encode(message.range_end, 0, message.range_end.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.range_end) : message.range_end;
            return object;
        };

        Permission.prototype.toJSON = function() {
            return Permission.toObject(this, $protobuf.util.toJSONOptions);
        };

        Permission.Type = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "READ"] = 0;
            values[valuesById[1] = "WRITE"] = 1;
            values[valuesById[2] = "READWRITE"] = 2;
            return values;
        })();

        return Permission;
    })();

    authpb.Role = (function() {

        const Role = function (properties) {
            this.keyPermission = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Role.prototype.name = $util.newBuffer([]);
        Role.prototype.keyPermission = $util.emptyArray;

        Role.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name.length)
                writer.uint32(10).bytes(message.name);
            if (message.keyPermission != null && message.keyPermission.length)
                for (let i = 0; i < message.keyPermission.length; ++i)
                    $root.authpb.Permission.encode(message.keyPermission[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Role.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.authpb.Role();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.keyPermission && message.keyPermission.length))
                            message.keyPermission = [];
                        message.keyPermission.push($root.authpb.Permission.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        Role.fromObject = function (object, _depth) {
            if (object instanceof $root.authpb.Role)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".authpb.Role: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.authpb.Role();
            if (object.name != null)
                if (object.name.length)
                    if (typeof object.name === "string")
                        $util.base64.decode(object.name, message.name = $util.newBuffer($util.base64.length(object.name)), 0);
                    else if (object.name.length >= 0)
                        message.name = object.name;
            if (object.keyPermission) {
                if (!$Array.isArray(object.keyPermission))
                    throw $TypeError(".authpb.Role.keyPermission: array expected");
                message.keyPermission = $Array(object.keyPermission.length);
                for (let i = 0; i < object.keyPermission.length; ++i) {
                    if (!$util.isObject(object.keyPermission[i]))
                        throw $TypeError(".authpb.Role.keyPermission: object expected");
                    message.keyPermission[i] = $root.authpb.Permission.fromObject(object.keyPermission[i], _depth + 1);
                }
            }
            return message;
        };

        Role.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.keyPermission = [];
            if (options.defaults)
                if (options.bytes === $String)
                    object.name = "";
                else {
                    object.name = [];
                    if (options.bytes !== $Array)
                        object.name = $util.newBuffer(object.name);
                }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = options.bytes === $String ? $util.base64.encode(message.name, 0, message.name.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.name) : message.name;
            if (message.keyPermission && message.keyPermission.length) {
                object.keyPermission = $Array(message.keyPermission.length);
                for (let j = 0; j < message.keyPermission.length; ++j)
                    object.keyPermission[j] = $root.authpb.Permission.toObject(message.keyPermission[j], options, _depth + 1);
            }
            return object;
        };

        Role.prototype.toJSON = function() {
            return Role.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Role;
    })();

    return authpb;
})();

export const v3lockpb = $root.v3lockpb = (() => {

    const v3lockpb = {};

    v3lockpb.LockRequest = (function() {

        const LockRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LockRequest.prototype.name = $util.newBuffer([]);
        LockRequest.prototype.lease = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        LockRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name.length)
                writer.uint32(10).bytes(message.name);
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease") && (typeof message.lease === "object" ? message.lease.low || message.lease.high : message.lease !== 0))
                writer.uint32(16).int64(message.lease);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LockRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.v3lockpb.LockRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.lease = value;
                        else
                            delete message.lease;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LockRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.v3lockpb.LockRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".v3lockpb.LockRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.v3lockpb.LockRequest();
            if (object.name != null)
                if (object.name.length)
                    if (typeof object.name === "string")
                        $util.base64.decode(object.name, message.name = $util.newBuffer($util.base64.length(object.name)), 0);
                    else if (object.name.length >= 0)
                        message.name = object.name;
            if (object.lease != null)
                if (typeof object.lease === "object" ? object.lease.low || object.lease.high : $Number(object.lease) !== 0)
                    if ($util.Long)
                        message.lease = $util.Long.fromValue(object.lease, false);
                    else if (typeof object.lease === "string")
                        message.lease = $parseInt(object.lease, 10);
                    else if (typeof object.lease === "number")
                        message.lease = object.lease;
                    else if (typeof object.lease === "object")
                        message.lease = new $util.LongBits(object.lease.low >>> 0, object.lease.high >>> 0).toNumber();
            return message;
        };

        LockRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if (options.bytes === $String)
                    object.name = "";
                else {
                    object.name = [];
                    if (options.bytes !== $Array)
                        object.name = $util.newBuffer(object.name);
                }
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.lease = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.lease = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = options.bytes === $String ? $util.base64.encode(message.name, 0, message.name.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.name) : message.name;
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.lease = typeof message.lease === "number" ? $BigInt(message.lease) : $util.Long.fromBits(message.lease.low >>> 0, message.lease.high >>> 0, false).toBigInt();
                else if (typeof message.lease === "number")
                    object.lease = options.longs === $String ? $String(message.lease) : message.lease;
                else
                    object.lease = options.longs === $String ? $util.Long.prototype.toString.call(message.lease) : options.longs === $Number ? new $util.LongBits(message.lease.low >>> 0, message.lease.high >>> 0).toNumber() : message.lease;
            return object;
        };

        LockRequest.prototype.toJSON = function() {
            return LockRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LockRequest;
    })();

    v3lockpb.LockResponse = (function() {

        const LockResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LockResponse.prototype.header = null;
        LockResponse.prototype.key = $util.newBuffer([]);

        LockResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key.length)
                writer.uint32(18).bytes(message.key);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LockResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.v3lockpb.LockResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LockResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.v3lockpb.LockResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".v3lockpb.LockResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.v3lockpb.LockResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".v3lockpb.LockResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.key != null)
                if (object.key.length)
                    if (typeof object.key === "string")
                        $util.base64.decode(object.key, message.key = $util.newBuffer($util.base64.length(object.key)), 0);
                    else if (object.key.length >= 0)
                        message.key = object.key;
            return message;
        };

        LockResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.header = null;
                if (options.bytes === $String)
                    object.key = "";
                else {
                    object.key = [];
                    if (options.bytes !== $Array)
                        object.key = $util.newBuffer(object.key);
                }
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                object.key = options.bytes === $String ? $util.base64.encode(message.key, 0, message.key.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.key) : message.key;
            return object;
        };

        LockResponse.prototype.toJSON = function() {
            return LockResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LockResponse;
    })();

    v3lockpb.UnlockRequest = (function() {

        const UnlockRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        UnlockRequest.prototype.key = $util.newBuffer([]);

        UnlockRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key.length)
                writer.uint32(10).bytes(message.key);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        UnlockRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.v3lockpb.UnlockRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        UnlockRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.v3lockpb.UnlockRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".v3lockpb.UnlockRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.v3lockpb.UnlockRequest();
            if (object.key != null)
                if (object.key.length)
                    if (typeof object.key === "string")
                        $util.base64.decode(object.key, message.key = $util.newBuffer($util.base64.length(object.key)), 0);
                    else if (object.key.length >= 0)
                        message.key = object.key;
            return message;
        };

        UnlockRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if (options.bytes === $String)
                    object.key = "";
                else {
                    object.key = [];
                    if (options.bytes !== $Array)
                        object.key = $util.newBuffer(object.key);
                }
            if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                object.key = options.bytes === $String ? $util.base64.encode(message.key, 0, message.key.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.key) : message.key;
            return object;
        };

        UnlockRequest.prototype.toJSON = function() {
            return UnlockRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return UnlockRequest;
    })();

    v3lockpb.UnlockResponse = (function() {

        const UnlockResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        UnlockResponse.prototype.header = null;

        UnlockResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        UnlockResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.v3lockpb.UnlockResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        UnlockResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.v3lockpb.UnlockResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".v3lockpb.UnlockResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.v3lockpb.UnlockResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".v3lockpb.UnlockResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        UnlockResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        UnlockResponse.prototype.toJSON = function() {
            return UnlockResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return UnlockResponse;
    })();

    return v3lockpb;
})();

export const v3electionpb = $root.v3electionpb = (() => {

    const v3electionpb = {};

    v3electionpb.CampaignRequest = (function() {

        const CampaignRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CampaignRequest.prototype.name = $util.newBuffer([]);
        CampaignRequest.prototype.lease = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        CampaignRequest.prototype.value = $util.newBuffer([]);

        CampaignRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name.length)
                writer.uint32(10).bytes(message.name);
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease") && (typeof message.lease === "object" ? message.lease.low || message.lease.high : message.lease !== 0))
                writer.uint32(16).int64(message.lease);
            if (message.value != null && $Object.hasOwnProperty.call(message, "value") && message.value.length)
                writer.uint32(26).bytes(message.value);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CampaignRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.v3electionpb.CampaignRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.lease = value;
                        else
                            delete message.lease;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.value = value;
                        else
                            delete message.value;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        CampaignRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.v3electionpb.CampaignRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".v3electionpb.CampaignRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.v3electionpb.CampaignRequest();
            if (object.name != null)
                if (object.name.length)
                    if (typeof object.name === "string")
                        $util.base64.decode(object.name, message.name = $util.newBuffer($util.base64.length(object.name)), 0);
                    else if (object.name.length >= 0)
                        message.name = object.name;
            if (object.lease != null)
                if (typeof object.lease === "object" ? object.lease.low || object.lease.high : $Number(object.lease) !== 0)
                    if ($util.Long)
                        message.lease = $util.Long.fromValue(object.lease, false);
                    else if (typeof object.lease === "string")
                        message.lease = $parseInt(object.lease, 10);
                    else if (typeof object.lease === "number")
                        message.lease = object.lease;
                    else if (typeof object.lease === "object")
                        message.lease = new $util.LongBits(object.lease.low >>> 0, object.lease.high >>> 0).toNumber();
            if (object.value != null)
                if (object.value.length)
                    if (typeof object.value === "string")
                        $util.base64.decode(object.value, message.value = $util.newBuffer($util.base64.length(object.value)), 0);
                    else if (object.value.length >= 0)
                        message.value = object.value;
            return message;
        };

        CampaignRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if (options.bytes === $String)
                    object.name = "";
                else {
                    object.name = [];
                    if (options.bytes !== $Array)
                        object.name = $util.newBuffer(object.name);
                }
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.lease = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.lease = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if (options.bytes === $String)
                    object.value = "";
                else {
                    object.value = [];
                    if (options.bytes !== $Array)
                        object.value = $util.newBuffer(object.value);
                }
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = options.bytes === $String ? $util.base64.encode(message.name, 0, message.name.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.name) : message.name;
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.lease = typeof message.lease === "number" ? $BigInt(message.lease) : $util.Long.fromBits(message.lease.low >>> 0, message.lease.high >>> 0, false).toBigInt();
                else if (typeof message.lease === "number")
                    object.lease = options.longs === $String ? $String(message.lease) : message.lease;
                else
                    object.lease = options.longs === $String ? $util.Long.prototype.toString.call(message.lease) : options.longs === $Number ? new $util.LongBits(message.lease.low >>> 0, message.lease.high >>> 0).toNumber() : message.lease;
            if (message.value != null && $Object.hasOwnProperty.call(message, "value"))
                object.value = options.bytes === $String ? $util.base64.encode(message.value, 0, message.value.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.value) : message.value;
            return object;
        };

        CampaignRequest.prototype.toJSON = function() {
            return CampaignRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return CampaignRequest;
    })();

    v3electionpb.CampaignResponse = (function() {

        const CampaignResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        CampaignResponse.prototype.header = null;
        CampaignResponse.prototype.leader = null;

        CampaignResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.leader != null && $Object.hasOwnProperty.call(message, "leader"))
                $root.v3electionpb.LeaderKey.encode(message.leader, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        CampaignResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.v3electionpb.CampaignResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.leader = $root.v3electionpb.LeaderKey.decode(reader, reader.size(), $undefined, _depth + 1, message.leader);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        CampaignResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.v3electionpb.CampaignResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".v3electionpb.CampaignResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.v3electionpb.CampaignResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".v3electionpb.CampaignResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.leader != null) {
                if (!$util.isObject(object.leader))
                    throw $TypeError(".v3electionpb.CampaignResponse.leader: object expected");
                message.leader = $root.v3electionpb.LeaderKey.fromObject(object.leader, _depth + 1);
            }
            return message;
        };

        CampaignResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.header = null;
                object.leader = null;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.leader != null && $Object.hasOwnProperty.call(message, "leader"))
                object.leader = $root.v3electionpb.LeaderKey.toObject(message.leader, options, _depth + 1);
            return object;
        };

        CampaignResponse.prototype.toJSON = function() {
            return CampaignResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return CampaignResponse;
    })();

    v3electionpb.LeaderKey = (function() {

        const LeaderKey = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaderKey.prototype.name = $util.newBuffer([]);
        LeaderKey.prototype.key = $util.newBuffer([]);
        LeaderKey.prototype.rev = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        LeaderKey.prototype.lease = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

        LeaderKey.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name.length)
                writer.uint32(10).bytes(message.name);
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key.length)
                writer.uint32(18).bytes(message.key);
            if (message.rev != null && $Object.hasOwnProperty.call(message, "rev") && (typeof message.rev === "object" ? message.rev.low || message.rev.high : message.rev !== 0))
                writer.uint32(24).int64(message.rev);
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease") && (typeof message.lease === "object" ? message.lease.low || message.lease.high : message.lease !== 0))
                writer.uint32(32).int64(message.lease);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaderKey.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.v3electionpb.LeaderKey();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.rev = value;
                        else
                            delete message.rev;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.lease = value;
                        else
                            delete message.lease;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaderKey.fromObject = function (object, _depth) {
            if (object instanceof $root.v3electionpb.LeaderKey)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".v3electionpb.LeaderKey: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.v3electionpb.LeaderKey();
            if (object.name != null)
                if (object.name.length)
                    if (typeof object.name === "string")
                        $util.base64.decode(object.name, message.name = $util.newBuffer($util.base64.length(object.name)), 0);
                    else if (object.name.length >= 0)
                        message.name = object.name;
            if (object.key != null)
                if (object.key.length)
                    if (typeof object.key === "string")
                        $util.base64.decode(object.key, message.key = $util.newBuffer($util.base64.length(object.key)), 0);
                    else if (object.key.length >= 0)
                        message.key = object.key;
            if (object.rev != null)
                if (typeof object.rev === "object" ? object.rev.low || object.rev.high : $Number(object.rev) !== 0)
                    if ($util.Long)
                        message.rev = $util.Long.fromValue(object.rev, false);
                    else if (typeof object.rev === "string")
                        message.rev = $parseInt(object.rev, 10);
                    else if (typeof object.rev === "number")
                        message.rev = object.rev;
                    else if (typeof object.rev === "object")
                        message.rev = new $util.LongBits(object.rev.low >>> 0, object.rev.high >>> 0).toNumber();
            if (object.lease != null)
                if (typeof object.lease === "object" ? object.lease.low || object.lease.high : $Number(object.lease) !== 0)
                    if ($util.Long)
                        message.lease = $util.Long.fromValue(object.lease, false);
                    else if (typeof object.lease === "string")
                        message.lease = $parseInt(object.lease, 10);
                    else if (typeof object.lease === "number")
                        message.lease = object.lease;
                    else if (typeof object.lease === "object")
                        message.lease = new $util.LongBits(object.lease.low >>> 0, object.lease.high >>> 0).toNumber();
            return message;
        };

        LeaderKey.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if (options.bytes === $String)
                    object.name = "";
                else {
                    object.name = [];
                    if (options.bytes !== $Array)
                        object.name = $util.newBuffer(object.name);
                }
                if (options.bytes === $String)
                    object.key = "";
                else {
                    object.key = [];
                    if (options.bytes !== $Array)
                        object.key = $util.newBuffer(object.key);
                }
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.rev = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.rev = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.lease = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.lease = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = options.bytes === $String ? $util.base64.encode(message.name, 0, message.name.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.name) : message.name;
            if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                object.key = options.bytes === $String ? $util.base64.encode(message.key, 0, message.key.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.key) : message.key;
            if (message.rev != null && $Object.hasOwnProperty.call(message, "rev"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.rev = typeof message.rev === "number" ? $BigInt(message.rev) : $util.Long.fromBits(message.rev.low >>> 0, message.rev.high >>> 0, false).toBigInt();
                else if (typeof message.rev === "number")
                    object.rev = options.longs === $String ? $String(message.rev) : message.rev;
                else
                    object.rev = options.longs === $String ? $util.Long.prototype.toString.call(message.rev) : options.longs === $Number ? new $util.LongBits(message.rev.low >>> 0, message.rev.high >>> 0).toNumber() : message.rev;
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.lease = typeof message.lease === "number" ? $BigInt(message.lease) : $util.Long.fromBits(message.lease.low >>> 0, message.lease.high >>> 0, false).toBigInt();
                else if (typeof message.lease === "number")
                    object.lease = options.longs === $String ? $String(message.lease) : message.lease;
                else
                    object.lease = options.longs === $String ? $util.Long.prototype.toString.call(message.lease) : options.longs === $Number ? new $util.LongBits(message.lease.low >>> 0, message.lease.high >>> 0).toNumber() : message.lease;
            return object;
        };

        LeaderKey.prototype.toJSON = function() {
            return LeaderKey.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaderKey;
    })();

    v3electionpb.LeaderRequest = (function() {

        const LeaderRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaderRequest.prototype.name = $util.newBuffer([]);

        LeaderRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name.length)
                writer.uint32(10).bytes(message.name);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaderRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.v3electionpb.LeaderRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaderRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.v3electionpb.LeaderRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".v3electionpb.LeaderRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.v3electionpb.LeaderRequest();
            if (object.name != null)
                if (object.name.length)
                    if (typeof object.name === "string")
                        $util.base64.decode(object.name, message.name = $util.newBuffer($util.base64.length(object.name)), 0);
                    else if (object.name.length >= 0)
                        message.name = object.name;
            return message;
        };

        LeaderRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if (options.bytes === $String)
                    object.name = "";
                else {
                    object.name = [];
                    if (options.bytes !== $Array)
                        object.name = $util.newBuffer(object.name);
                }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = options.bytes === $String ? $util.base64.encode(message.name, 0, message.name.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.name) : message.name;
            return object;
        };

        LeaderRequest.prototype.toJSON = function() {
            return LeaderRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaderRequest;
    })();

    v3electionpb.LeaderResponse = (function() {

        const LeaderResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        LeaderResponse.prototype.header = null;
        LeaderResponse.prototype.kv = null;

        LeaderResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.kv != null && $Object.hasOwnProperty.call(message, "kv"))
                $root.mvccpb.KeyValue.encode(message.kv, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        LeaderResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.v3electionpb.LeaderResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.kv = $root.mvccpb.KeyValue.decode(reader, reader.size(), $undefined, _depth + 1, message.kv);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        LeaderResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.v3electionpb.LeaderResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".v3electionpb.LeaderResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.v3electionpb.LeaderResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".v3electionpb.LeaderResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            if (object.kv != null) {
                if (!$util.isObject(object.kv))
                    throw $TypeError(".v3electionpb.LeaderResponse.kv: object expected");
                message.kv = $root.mvccpb.KeyValue.fromObject(object.kv, _depth + 1);
            }
            return message;
        };

        LeaderResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.header = null;
                object.kv = null;
            }
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            if (message.kv != null && $Object.hasOwnProperty.call(message, "kv"))
                object.kv = $root.mvccpb.KeyValue.toObject(message.kv, options, _depth + 1);
            return object;
        };

        LeaderResponse.prototype.toJSON = function() {
            return LeaderResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LeaderResponse;
    })();

    v3electionpb.ResignRequest = (function() {

        const ResignRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ResignRequest.prototype.leader = null;

        ResignRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.leader != null && $Object.hasOwnProperty.call(message, "leader"))
                $root.v3electionpb.LeaderKey.encode(message.leader, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ResignRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.v3electionpb.ResignRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.leader = $root.v3electionpb.LeaderKey.decode(reader, reader.size(), $undefined, _depth + 1, message.leader);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ResignRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.v3electionpb.ResignRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".v3electionpb.ResignRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.v3electionpb.ResignRequest();
            if (object.leader != null) {
                if (!$util.isObject(object.leader))
                    throw $TypeError(".v3electionpb.ResignRequest.leader: object expected");
                message.leader = $root.v3electionpb.LeaderKey.fromObject(object.leader, _depth + 1);
            }
            return message;
        };

        ResignRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.leader = null;
            if (message.leader != null && $Object.hasOwnProperty.call(message, "leader"))
                object.leader = $root.v3electionpb.LeaderKey.toObject(message.leader, options, _depth + 1);
            return object;
        };

        ResignRequest.prototype.toJSON = function() {
            return ResignRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return ResignRequest;
    })();

    v3electionpb.ResignResponse = (function() {

        const ResignResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ResignResponse.prototype.header = null;

        ResignResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ResignResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.v3electionpb.ResignResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ResignResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.v3electionpb.ResignResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".v3electionpb.ResignResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.v3electionpb.ResignResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".v3electionpb.ResignResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        ResignResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        ResignResponse.prototype.toJSON = function() {
            return ResignResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return ResignResponse;
    })();

    v3electionpb.ProclaimRequest = (function() {

        const ProclaimRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ProclaimRequest.prototype.leader = null;
        ProclaimRequest.prototype.value = $util.newBuffer([]);

        ProclaimRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.leader != null && $Object.hasOwnProperty.call(message, "leader"))
                $root.v3electionpb.LeaderKey.encode(message.leader, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.value != null && $Object.hasOwnProperty.call(message, "value") && message.value.length)
                writer.uint32(18).bytes(message.value);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ProclaimRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.v3electionpb.ProclaimRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.leader = $root.v3electionpb.LeaderKey.decode(reader, reader.size(), $undefined, _depth + 1, message.leader);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.value = value;
                        else
                            delete message.value;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ProclaimRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.v3electionpb.ProclaimRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".v3electionpb.ProclaimRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.v3electionpb.ProclaimRequest();
            if (object.leader != null) {
                if (!$util.isObject(object.leader))
                    throw $TypeError(".v3electionpb.ProclaimRequest.leader: object expected");
                message.leader = $root.v3electionpb.LeaderKey.fromObject(object.leader, _depth + 1);
            }
            if (object.value != null)
                if (object.value.length)
                    if (typeof object.value === "string")
                        $util.base64.decode(object.value, message.value = $util.newBuffer($util.base64.length(object.value)), 0);
                    else if (object.value.length >= 0)
                        message.value = object.value;
            return message;
        };

        ProclaimRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.leader = null;
                if (options.bytes === $String)
                    object.value = "";
                else {
                    object.value = [];
                    if (options.bytes !== $Array)
                        object.value = $util.newBuffer(object.value);
                }
            }
            if (message.leader != null && $Object.hasOwnProperty.call(message, "leader"))
                object.leader = $root.v3electionpb.LeaderKey.toObject(message.leader, options, _depth + 1);
            if (message.value != null && $Object.hasOwnProperty.call(message, "value"))
                object.value = options.bytes === $String ? $util.base64.encode(message.value, 0, message.value.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.value) : message.value;
            return object;
        };

        ProclaimRequest.prototype.toJSON = function() {
            return ProclaimRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return ProclaimRequest;
    })();

    v3electionpb.ProclaimResponse = (function() {

        const ProclaimResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ProclaimResponse.prototype.header = null;

        ProclaimResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.etcdserverpb.ResponseHeader.encode(message.header, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ProclaimResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.v3electionpb.ProclaimResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.etcdserverpb.ResponseHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ProclaimResponse.fromObject = function (object, _depth) {
            if (object instanceof $root.v3electionpb.ProclaimResponse)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".v3electionpb.ProclaimResponse: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.v3electionpb.ProclaimResponse();
            if (object.header != null) {
                if (!$util.isObject(object.header))
                    throw $TypeError(".v3electionpb.ProclaimResponse.header: object expected");
                message.header = $root.etcdserverpb.ResponseHeader.fromObject(object.header, _depth + 1);
            }
            return message;
        };

        ProclaimResponse.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.header = null;
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                object.header = $root.etcdserverpb.ResponseHeader.toObject(message.header, options, _depth + 1);
            return object;
        };

        ProclaimResponse.prototype.toJSON = function() {
            return ProclaimResponse.toObject(this, $protobuf.util.toJSONOptions);
        };

        return ProclaimResponse;
    })();

    return v3electionpb;
})();

export const grpc = $root.grpc = (() => {

    const grpc = {};

    grpc.health = (function() {

        const health = {};

        health.v1 = (function() {

            const v1 = {};

            v1.HealthCheckRequest = (function() {

                const HealthCheckRequest = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                HealthCheckRequest.prototype.service = "";

                HealthCheckRequest.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.service != null && $Object.hasOwnProperty.call(message, "service") && message.service !== "")
                        writer.uint32(10).string(message.service);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                HealthCheckRequest.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.health.v1.HealthCheckRequest();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.service = value;
                                else
                                    delete message.service;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                HealthCheckRequest.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.health.v1.HealthCheckRequest)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.health.v1.HealthCheckRequest: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.grpc.health.v1.HealthCheckRequest();
                    if (object.service != null)
                        if (typeof object.service !== "string" || object.service.length)
                            message.service = $String(object.service);
                    return message;
                };

                HealthCheckRequest.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults)
                        object.service = "";
                    if (message.service != null && $Object.hasOwnProperty.call(message, "service"))
                        object.service = message.service;
                    return object;
                };

                HealthCheckRequest.prototype.toJSON = function() {
                    return HealthCheckRequest.toObject(this, $protobuf.util.toJSONOptions);
                };

                return HealthCheckRequest;
            })();

            v1.HealthCheckResponse = (function() {

                const HealthCheckResponse = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                HealthCheckResponse.prototype.status = 0;

                HealthCheckResponse.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.status != null && $Object.hasOwnProperty.call(message, "status") && message.status !== 0)
                        writer.uint32(8).int32(message.status);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                HealthCheckResponse.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.health.v1.HealthCheckResponse();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.status = value;
                                else
                                    delete message.status;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                HealthCheckResponse.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.health.v1.HealthCheckResponse)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.health.v1.HealthCheckResponse: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.grpc.health.v1.HealthCheckResponse();
                    if (object.status !== 0 && (typeof object.status !== "string" || $root.grpc.health.v1.HealthCheckResponse.ServingStatus[object.status] !== 0))
                        switch (object.status) {
                        case "UNKNOWN":
                        case 0:
                            message.status = 0;
                            break;
                        case "SERVING":
                        case 1:
                            message.status = 1;
                            break;
                        case "NOT_SERVING":
                        case 2:
                            message.status = 2;
                            break;
                        case "SERVICE_UNKNOWN":
                        case 3:
                            message.status = 3;
                            break;
                        default:
                            if (typeof object.status === "number" && (object.status | 0) === object.status)
                                message.status = object.status;
                        }
                    return message;
                };

                HealthCheckResponse.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults)
                        object.status = options.enums === $String ? "UNKNOWN" : 0;
                    if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                        object.status = options.enums === $String ? $root.grpc.health.v1.HealthCheckResponse.ServingStatus[message.status] === $undefined ? message.status : $root.grpc.health.v1.HealthCheckResponse.ServingStatus[message.status] : message.status;
                    return object;
                };

                HealthCheckResponse.prototype.toJSON = function() {
                    return HealthCheckResponse.toObject(this, $protobuf.util.toJSONOptions);
                };

                HealthCheckResponse.ServingStatus = (function() {
                    const valuesById = $Object.create(null), values = $Object.create(valuesById);
                    values[valuesById[0] = "UNKNOWN"] = 0;
                    values[valuesById[1] = "SERVING"] = 1;
                    values[valuesById[2] = "NOT_SERVING"] = 2;
                    values[valuesById[3] = "SERVICE_UNKNOWN"] = 3;
                    return values;
                })();

                return HealthCheckResponse;
            })();

            v1.HealthListRequest = (function() {

                const HealthListRequest = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                HealthListRequest.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                HealthListRequest.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.health.v1.HealthListRequest();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        reader.skipType(tag & 7, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                HealthListRequest.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.health.v1.HealthListRequest)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.health.v1.HealthListRequest: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    return new $root.grpc.health.v1.HealthListRequest();
                };

                HealthListRequest.toObject = function () {
                    return {};
                };

                HealthListRequest.prototype.toJSON = function() {
                    return HealthListRequest.toObject(this, $protobuf.util.toJSONOptions);
                };

                return HealthListRequest;
            })();

            v1.HealthListResponse = (function() {

                const HealthListResponse = function (properties) {
                    this.statuses = {};
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                HealthListResponse.prototype.statuses = $util.emptyObject;

                HealthListResponse.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.statuses != null && $Object.hasOwnProperty.call(message, "statuses"))
                        for (let keys = $Object.keys(message.statuses), i = 0; i < keys.length; ++i) {
                            writer.uint32(10).fork().uint32(10).string(keys[i]);
                            $root.grpc.health.v1.HealthCheckResponse.encode(message.statuses[keys[i]], writer.uint32(18).fork(), _depth + 1).ldelim().ldelim();
                        }
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                HealthListResponse.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, key, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.health.v1.HealthListResponse();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if (message.statuses === $util.emptyObject)
                                    message.statuses = {};
                                let end2 = reader.size() + reader.pos;
                                if (end2 > reader.len)
                                    throw $RangeError("index out of range");
                                reader.len = end2;
                                key = "";
                                value = null;
                                while (reader.pos < end2) {
                                    let tag2 = reader.tag();
                                    wireType = tag2 & 7;
                                    switch (tag2 >>>= 3) {
                                    case 1:
                                        if (wireType !== 2)
                                            break;
                                        key = reader.stringVerify();
                                        continue;
                                    case 2:
                                        if (wireType !== 2)
                                            break;
                                        value = $root.grpc.health.v1.HealthCheckResponse.decode(reader, reader.size(), $undefined, _depth + 1, value);
                                        continue;
                                    }
                                    reader.skipType(wireType, _depth, tag2);
                                }
                                if (reader.pos !== end2)
                                    throw $RangeError("index out of range");
                                reader.len = end;
                                if (key === "__proto__")
                                    $util.makeProp(message.statuses, key);
                                message.statuses[key] = value || new $root.grpc.health.v1.HealthCheckResponse();
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                HealthListResponse.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.health.v1.HealthListResponse)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.health.v1.HealthListResponse: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.grpc.health.v1.HealthListResponse();
                    if (object.statuses) {
                        if (!$util.isObject(object.statuses))
                            throw $TypeError(".grpc.health.v1.HealthListResponse.statuses: object expected");
                        message.statuses = {};
                        for (let keys = $Object.keys(object.statuses), i = 0; i < keys.length; ++i) {
                            if (keys[i] === "__proto__")
                                $util.makeProp(message.statuses, keys[i]);
                            if (!$util.isObject(object.statuses[keys[i]]))
                                throw $TypeError(".grpc.health.v1.HealthListResponse.statuses: object expected");
                            message.statuses[keys[i]] = $root.grpc.health.v1.HealthCheckResponse.fromObject(object.statuses[keys[i]], _depth + 1);
                        }
                    }
                    return message;
                };

                HealthListResponse.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.objects || options.defaults)
                        object.statuses = {};
                    let keys2;
                    if (message.statuses && (keys2 = $Object.keys(message.statuses)).length) {
                        object.statuses = {};
                        for (let j = 0; j < keys2.length; ++j) {
                            if (keys2[j] === "__proto__")
                                $util.makeProp(object.statuses, keys2[j]);
                            object.statuses[keys2[j]] = $root.grpc.health.v1.HealthCheckResponse.toObject(message.statuses[keys2[j]], options, _depth + 1);
                        }
                    }
                    return object;
                };

                HealthListResponse.prototype.toJSON = function() {
                    return HealthListResponse.toObject(this, $protobuf.util.toJSONOptions);
                };

                return HealthListResponse;
            })();

            return v1;
        })();

        return health;
    })();

    grpc.reflection = (function() {

        const reflection = {};

        reflection.v1 = (function() {

            const v1 = {};

            v1.ServerReflectionRequest = (function() {

                const ServerReflectionRequest = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                ServerReflectionRequest.prototype.host = "";
                ServerReflectionRequest.prototype.file_by_filename = null;
                ServerReflectionRequest.prototype.file_containing_symbol = null;
                ServerReflectionRequest.prototype.file_containing_extension = null;
                ServerReflectionRequest.prototype.all_extension_numbers_of_type = null;
                ServerReflectionRequest.prototype.list_services = null;

                let $oneOfFields;

                $Object.defineProperty(ServerReflectionRequest.prototype, "message_request", {
                    get: $util.oneOfGetter($oneOfFields = ["file_by_filename", "file_containing_symbol", "file_containing_extension", "all_extension_numbers_of_type", "list_services"]),
                    set: $util.oneOfSetter($oneOfFields)
                });

                ServerReflectionRequest.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.host != null && $Object.hasOwnProperty.call(message, "host") && message.host !== "")
                        writer.uint32(10).string(message.host);
                    if (message.file_by_filename != null && $Object.hasOwnProperty.call(message, "file_by_filename"))
                        writer.uint32(26).string(message.file_by_filename);
                    if (message.file_containing_symbol != null && $Object.hasOwnProperty.call(message, "file_containing_symbol"))
                        writer.uint32(34).string(message.file_containing_symbol);
                    if (message.file_containing_extension != null && $Object.hasOwnProperty.call(message, "file_containing_extension"))
                        $root.grpc.reflection.v1.ExtensionRequest.encode(message.file_containing_extension, writer.uint32(42).fork(), _depth + 1).ldelim();
                    if (message.all_extension_numbers_of_type != null && $Object.hasOwnProperty.call(message, "all_extension_numbers_of_type"))
                        writer.uint32(50).string(message.all_extension_numbers_of_type);
                    if (message.list_services != null && $Object.hasOwnProperty.call(message, "list_services"))
                        writer.uint32(58).string(message.list_services);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                ServerReflectionRequest.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.reflection.v1.ServerReflectionRequest();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.host = value;
                                else
                                    delete message.host;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                message.file_by_filename = reader.stringVerify();
                                message.message_request = "file_by_filename";
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                message.file_containing_symbol = reader.stringVerify();
                                message.message_request = "file_containing_symbol";
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                message.file_containing_extension = $root.grpc.reflection.v1.ExtensionRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.file_containing_extension);
                                message.message_request = "file_containing_extension";
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                message.all_extension_numbers_of_type = reader.stringVerify();
                                message.message_request = "all_extension_numbers_of_type";
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                message.list_services = reader.stringVerify();
                                message.message_request = "list_services";
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                ServerReflectionRequest.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.reflection.v1.ServerReflectionRequest)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.reflection.v1.ServerReflectionRequest: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.grpc.reflection.v1.ServerReflectionRequest();
                    if (object.host != null)
                        if (typeof object.host !== "string" || object.host.length)
                            message.host = $String(object.host);
                    if (object.file_by_filename != null)
                        message.file_by_filename = $String(object.file_by_filename);
                    if (object.file_containing_symbol != null)
                        message.file_containing_symbol = $String(object.file_containing_symbol);
                    if (object.file_containing_extension != null) {
                        if (!$util.isObject(object.file_containing_extension))
                            throw $TypeError(".grpc.reflection.v1.ServerReflectionRequest.file_containing_extension: object expected");
                        message.file_containing_extension = $root.grpc.reflection.v1.ExtensionRequest.fromObject(object.file_containing_extension, _depth + 1);
                    }
                    if (object.all_extension_numbers_of_type != null)
                        message.all_extension_numbers_of_type = $String(object.all_extension_numbers_of_type);
                    if (object.list_services != null)
                        message.list_services = $String(object.list_services);
                    return message;
                };

                ServerReflectionRequest.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults)
                        object.host = "";
                    if (message.host != null && $Object.hasOwnProperty.call(message, "host"))
                        object.host = message.host;
                    if (message.file_by_filename != null && $Object.hasOwnProperty.call(message, "file_by_filename")) {
                        object.file_by_filename = message.file_by_filename;
                        if (options.oneofs)
                            object.message_request = "file_by_filename";
                    }
                    if (message.file_containing_symbol != null && $Object.hasOwnProperty.call(message, "file_containing_symbol")) {
                        object.file_containing_symbol = message.file_containing_symbol;
                        if (options.oneofs)
                            object.message_request = "file_containing_symbol";
                    }
                    if (message.file_containing_extension != null && $Object.hasOwnProperty.call(message, "file_containing_extension")) {
                        object.file_containing_extension = $root.grpc.reflection.v1.ExtensionRequest.toObject(message.file_containing_extension, options, _depth + 1);
                        if (options.oneofs)
                            object.message_request = "file_containing_extension";
                    }
                    if (message.all_extension_numbers_of_type != null && $Object.hasOwnProperty.call(message, "all_extension_numbers_of_type")) {
                        object.all_extension_numbers_of_type = message.all_extension_numbers_of_type;
                        if (options.oneofs)
                            object.message_request = "all_extension_numbers_of_type";
                    }
                    if (message.list_services != null && $Object.hasOwnProperty.call(message, "list_services")) {
                        object.list_services = message.list_services;
                        if (options.oneofs)
                            object.message_request = "list_services";
                    }
                    return object;
                };

                ServerReflectionRequest.prototype.toJSON = function() {
                    return ServerReflectionRequest.toObject(this, $protobuf.util.toJSONOptions);
                };

                return ServerReflectionRequest;
            })();

            v1.ExtensionRequest = (function() {

                const ExtensionRequest = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                ExtensionRequest.prototype.containing_type = "";
                ExtensionRequest.prototype.extension_number = 0;

                ExtensionRequest.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.containing_type != null && $Object.hasOwnProperty.call(message, "containing_type") && message.containing_type !== "")
                        writer.uint32(10).string(message.containing_type);
                    if (message.extension_number != null && $Object.hasOwnProperty.call(message, "extension_number") && message.extension_number !== 0)
                        writer.uint32(16).int32(message.extension_number);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                ExtensionRequest.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.reflection.v1.ExtensionRequest();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.containing_type = value;
                                else
                                    delete message.containing_type;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.extension_number = value;
                                else
                                    delete message.extension_number;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                ExtensionRequest.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.reflection.v1.ExtensionRequest)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.reflection.v1.ExtensionRequest: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.grpc.reflection.v1.ExtensionRequest();
                    if (object.containing_type != null)
                        if (typeof object.containing_type !== "string" || object.containing_type.length)
                            message.containing_type = $String(object.containing_type);
                    if (object.extension_number != null)
                        if ($Number(object.extension_number) !== 0)
                            message.extension_number = object.extension_number | 0;
                    return message;
                };

                ExtensionRequest.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.containing_type = "";
                        object.extension_number = 0;
                    }
                    if (message.containing_type != null && $Object.hasOwnProperty.call(message, "containing_type"))
                        object.containing_type = message.containing_type;
                    if (message.extension_number != null && $Object.hasOwnProperty.call(message, "extension_number"))
                        object.extension_number = message.extension_number;
                    return object;
                };

                ExtensionRequest.prototype.toJSON = function() {
                    return ExtensionRequest.toObject(this, $protobuf.util.toJSONOptions);
                };

                return ExtensionRequest;
            })();

            v1.ServerReflectionResponse = (function() {

                const ServerReflectionResponse = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                ServerReflectionResponse.prototype.valid_host = "";
                ServerReflectionResponse.prototype.original_request = null;
                ServerReflectionResponse.prototype.file_descriptor_response = null;
                ServerReflectionResponse.prototype.all_extension_numbers_response = null;
                ServerReflectionResponse.prototype.list_services_response = null;
                ServerReflectionResponse.prototype.error_response = null;

                let $oneOfFields;

                $Object.defineProperty(ServerReflectionResponse.prototype, "message_response", {
                    get: $util.oneOfGetter($oneOfFields = ["file_descriptor_response", "all_extension_numbers_response", "list_services_response", "error_response"]),
                    set: $util.oneOfSetter($oneOfFields)
                });

                ServerReflectionResponse.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.valid_host != null && $Object.hasOwnProperty.call(message, "valid_host") && message.valid_host !== "")
                        writer.uint32(10).string(message.valid_host);
                    if (message.original_request != null && $Object.hasOwnProperty.call(message, "original_request"))
                        $root.grpc.reflection.v1.ServerReflectionRequest.encode(message.original_request, writer.uint32(18).fork(), _depth + 1).ldelim();
                    if (message.file_descriptor_response != null && $Object.hasOwnProperty.call(message, "file_descriptor_response"))
                        $root.grpc.reflection.v1.FileDescriptorResponse.encode(message.file_descriptor_response, writer.uint32(34).fork(), _depth + 1).ldelim();
                    if (message.all_extension_numbers_response != null && $Object.hasOwnProperty.call(message, "all_extension_numbers_response"))
                        $root.grpc.reflection.v1.ExtensionNumberResponse.encode(message.all_extension_numbers_response, writer.uint32(42).fork(), _depth + 1).ldelim();
                    if (message.list_services_response != null && $Object.hasOwnProperty.call(message, "list_services_response"))
                        $root.grpc.reflection.v1.ListServiceResponse.encode(message.list_services_response, writer.uint32(50).fork(), _depth + 1).ldelim();
                    if (message.error_response != null && $Object.hasOwnProperty.call(message, "error_response"))
                        $root.grpc.reflection.v1.ErrorResponse.encode(message.error_response, writer.uint32(58).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                ServerReflectionResponse.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.reflection.v1.ServerReflectionResponse();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.valid_host = value;
                                else
                                    delete message.valid_host;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                message.original_request = $root.grpc.reflection.v1.ServerReflectionRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.original_request);
                                continue;
                            }
                        case 4: {
                                if (wireType !== 2)
                                    break;
                                message.file_descriptor_response = $root.grpc.reflection.v1.FileDescriptorResponse.decode(reader, reader.size(), $undefined, _depth + 1, message.file_descriptor_response);
                                message.message_response = "file_descriptor_response";
                                continue;
                            }
                        case 5: {
                                if (wireType !== 2)
                                    break;
                                message.all_extension_numbers_response = $root.grpc.reflection.v1.ExtensionNumberResponse.decode(reader, reader.size(), $undefined, _depth + 1, message.all_extension_numbers_response);
                                message.message_response = "all_extension_numbers_response";
                                continue;
                            }
                        case 6: {
                                if (wireType !== 2)
                                    break;
                                message.list_services_response = $root.grpc.reflection.v1.ListServiceResponse.decode(reader, reader.size(), $undefined, _depth + 1, message.list_services_response);
                                message.message_response = "list_services_response";
                                continue;
                            }
                        case 7: {
                                if (wireType !== 2)
                                    break;
                                message.error_response = $root.grpc.reflection.v1.ErrorResponse.decode(reader, reader.size(), $undefined, _depth + 1, message.error_response);
                                message.message_response = "error_response";
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                ServerReflectionResponse.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.reflection.v1.ServerReflectionResponse)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.reflection.v1.ServerReflectionResponse: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.grpc.reflection.v1.ServerReflectionResponse();
                    if (object.valid_host != null)
                        if (typeof object.valid_host !== "string" || object.valid_host.length)
                            message.valid_host = $String(object.valid_host);
                    if (object.original_request != null) {
                        if (!$util.isObject(object.original_request))
                            throw $TypeError(".grpc.reflection.v1.ServerReflectionResponse.original_request: object expected");
                        message.original_request = $root.grpc.reflection.v1.ServerReflectionRequest.fromObject(object.original_request, _depth + 1);
                    }
                    if (object.file_descriptor_response != null) {
                        if (!$util.isObject(object.file_descriptor_response))
                            throw $TypeError(".grpc.reflection.v1.ServerReflectionResponse.file_descriptor_response: object expected");
                        message.file_descriptor_response = $root.grpc.reflection.v1.FileDescriptorResponse.fromObject(object.file_descriptor_response, _depth + 1);
                    }
                    if (object.all_extension_numbers_response != null) {
                        if (!$util.isObject(object.all_extension_numbers_response))
                            throw $TypeError(".grpc.reflection.v1.ServerReflectionResponse.all_extension_numbers_response: object expected");
                        message.all_extension_numbers_response = $root.grpc.reflection.v1.ExtensionNumberResponse.fromObject(object.all_extension_numbers_response, _depth + 1);
                    }
                    if (object.list_services_response != null) {
                        if (!$util.isObject(object.list_services_response))
                            throw $TypeError(".grpc.reflection.v1.ServerReflectionResponse.list_services_response: object expected");
                        message.list_services_response = $root.grpc.reflection.v1.ListServiceResponse.fromObject(object.list_services_response, _depth + 1);
                    }
                    if (object.error_response != null) {
                        if (!$util.isObject(object.error_response))
                            throw $TypeError(".grpc.reflection.v1.ServerReflectionResponse.error_response: object expected");
                        message.error_response = $root.grpc.reflection.v1.ErrorResponse.fromObject(object.error_response, _depth + 1);
                    }
                    return message;
                };

                ServerReflectionResponse.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.valid_host = "";
                        object.original_request = null;
                    }
                    if (message.valid_host != null && $Object.hasOwnProperty.call(message, "valid_host"))
                        object.valid_host = message.valid_host;
                    if (message.original_request != null && $Object.hasOwnProperty.call(message, "original_request"))
                        object.original_request = $root.grpc.reflection.v1.ServerReflectionRequest.toObject(message.original_request, options, _depth + 1);
                    if (message.file_descriptor_response != null && $Object.hasOwnProperty.call(message, "file_descriptor_response")) {
                        object.file_descriptor_response = $root.grpc.reflection.v1.FileDescriptorResponse.toObject(message.file_descriptor_response, options, _depth + 1);
                        if (options.oneofs)
                            object.message_response = "file_descriptor_response";
                    }
                    if (message.all_extension_numbers_response != null && $Object.hasOwnProperty.call(message, "all_extension_numbers_response")) {
                        object.all_extension_numbers_response = $root.grpc.reflection.v1.ExtensionNumberResponse.toObject(message.all_extension_numbers_response, options, _depth + 1);
                        if (options.oneofs)
                            object.message_response = "all_extension_numbers_response";
                    }
                    if (message.list_services_response != null && $Object.hasOwnProperty.call(message, "list_services_response")) {
                        object.list_services_response = $root.grpc.reflection.v1.ListServiceResponse.toObject(message.list_services_response, options, _depth + 1);
                        if (options.oneofs)
                            object.message_response = "list_services_response";
                    }
                    if (message.error_response != null && $Object.hasOwnProperty.call(message, "error_response")) {
                        object.error_response = $root.grpc.reflection.v1.ErrorResponse.toObject(message.error_response, options, _depth + 1);
                        if (options.oneofs)
                            object.message_response = "error_response";
                    }
                    return object;
                };

                ServerReflectionResponse.prototype.toJSON = function() {
                    return ServerReflectionResponse.toObject(this, $protobuf.util.toJSONOptions);
                };

                return ServerReflectionResponse;
            })();

            v1.FileDescriptorResponse = (function() {

                const FileDescriptorResponse = function (properties) {
                    this.file_descriptor_proto = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                FileDescriptorResponse.prototype.file_descriptor_proto = $util.emptyArray;

                FileDescriptorResponse.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.file_descriptor_proto != null && message.file_descriptor_proto.length)
                        for (let i = 0; i < message.file_descriptor_proto.length; ++i)
                            writer.uint32(10).bytes(message.file_descriptor_proto[i]);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                FileDescriptorResponse.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.reflection.v1.FileDescriptorResponse();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.file_descriptor_proto && message.file_descriptor_proto.length))
                                    message.file_descriptor_proto = [];
                                message.file_descriptor_proto.push(reader.bytes());
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                FileDescriptorResponse.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.reflection.v1.FileDescriptorResponse)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.reflection.v1.FileDescriptorResponse: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.grpc.reflection.v1.FileDescriptorResponse();
                    if (object.file_descriptor_proto) {
                        if (!$Array.isArray(object.file_descriptor_proto))
                            throw $TypeError(".grpc.reflection.v1.FileDescriptorResponse.file_descriptor_proto: array expected");
                        message.file_descriptor_proto = $Array(object.file_descriptor_proto.length);
                        for (let i = 0; i < object.file_descriptor_proto.length; ++i)
                            if (typeof object.file_descriptor_proto[i] === "string")
                                $util.base64.decode(object.file_descriptor_proto[i], message.file_descriptor_proto[i] = $util.newBuffer($util.base64.length(object.file_descriptor_proto[i])), 0);
                            else if (object.file_descriptor_proto[i].length >= 0)
                                message.file_descriptor_proto[i] = object.file_descriptor_proto[i];
                    }
                    return message;
                };

                FileDescriptorResponse.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults)
                        object.file_descriptor_proto = [];
                    if (message.file_descriptor_proto && message.file_descriptor_proto.length) {
                        object.file_descriptor_proto = $Array(message.file_descriptor_proto.length);
                        for (let j = 0; j < message.file_descriptor_proto.length; ++j)
                            object.file_descriptor_proto[j] = options.bytes === $String ? $util.base64.encode(message.file_descriptor_proto[j], 0, message.file_descriptor_proto[j].length) : options.bytes === $Array ? $Array.prototype.slice.call(message.file_descriptor_proto[j]) : message.file_descriptor_proto[j];
                    }
                    return object;
                };

                FileDescriptorResponse.prototype.toJSON = function() {
                    return FileDescriptorResponse.toObject(this, $protobuf.util.toJSONOptions);
                };

                return FileDescriptorResponse;
            })();

            v1.ExtensionNumberResponse = (function() {

                const ExtensionNumberResponse = function (properties) {
                    this.extension_number = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                ExtensionNumberResponse.prototype.base_type_name = "";
                ExtensionNumberResponse.prototype.extension_number = $util.emptyArray;

                ExtensionNumberResponse.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.base_type_name != null && $Object.hasOwnProperty.call(message, "base_type_name") && message.base_type_name !== "")
                        writer.uint32(10).string(message.base_type_name);
                    if (message.extension_number != null && message.extension_number.length)
                        writer.uint32(18).int32s(message.extension_number);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                ExtensionNumberResponse.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.reflection.v1.ExtensionNumberResponse();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.base_type_name = value;
                                else
                                    delete message.base_type_name;
                                continue;
                            }
                        case 2: {
                                if (wireType === 2) {
                                    if (!(message.extension_number && message.extension_number.length))
                                        message.extension_number = [];
                                    reader.int32s(message.extension_number);
                                    continue;
                                }
                                if (wireType !== 0)
                                    break;
                                if (!(message.extension_number && message.extension_number.length))
                                    message.extension_number = [];
                                message.extension_number.push(reader.int32());
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                ExtensionNumberResponse.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.reflection.v1.ExtensionNumberResponse)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.reflection.v1.ExtensionNumberResponse: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.grpc.reflection.v1.ExtensionNumberResponse();
                    if (object.base_type_name != null)
                        if (typeof object.base_type_name !== "string" || object.base_type_name.length)
                            message.base_type_name = $String(object.base_type_name);
                    if (object.extension_number) {
                        if (!$Array.isArray(object.extension_number))
                            throw $TypeError(".grpc.reflection.v1.ExtensionNumberResponse.extension_number: array expected");
                        message.extension_number = $Array(object.extension_number.length);
                        for (let i = 0; i < object.extension_number.length; ++i)
                            message.extension_number[i] = object.extension_number[i] | 0;
                    }
                    return message;
                };

                ExtensionNumberResponse.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults)
                        object.extension_number = [];
                    if (options.defaults)
                        object.base_type_name = "";
                    if (message.base_type_name != null && $Object.hasOwnProperty.call(message, "base_type_name"))
                        object.base_type_name = message.base_type_name;
                    if (message.extension_number && message.extension_number.length) {
                        object.extension_number = $Array(message.extension_number.length);
                        for (let j = 0; j < message.extension_number.length; ++j)
                            object.extension_number[j] = message.extension_number[j];
                    }
                    return object;
                };

                ExtensionNumberResponse.prototype.toJSON = function() {
                    return ExtensionNumberResponse.toObject(this, $protobuf.util.toJSONOptions);
                };

                return ExtensionNumberResponse;
            })();

            v1.ListServiceResponse = (function() {

                const ListServiceResponse = function (properties) {
                    this.service = [];
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                ListServiceResponse.prototype.service = $util.emptyArray;

                ListServiceResponse.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.service != null && message.service.length)
                        for (let i = 0; i < message.service.length; ++i)
                            $root.grpc.reflection.v1.ServiceResponse.encode(message.service[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                ListServiceResponse.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.reflection.v1.ListServiceResponse();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if (!(message.service && message.service.length))
                                    message.service = [];
                                message.service.push($root.grpc.reflection.v1.ServiceResponse.decode(reader, reader.size(), $undefined, _depth + 1));
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                ListServiceResponse.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.reflection.v1.ListServiceResponse)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.reflection.v1.ListServiceResponse: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.grpc.reflection.v1.ListServiceResponse();
                    if (object.service) {
                        if (!$Array.isArray(object.service))
                            throw $TypeError(".grpc.reflection.v1.ListServiceResponse.service: array expected");
                        message.service = $Array(object.service.length);
                        for (let i = 0; i < object.service.length; ++i) {
                            if (!$util.isObject(object.service[i]))
                                throw $TypeError(".grpc.reflection.v1.ListServiceResponse.service: object expected");
                            message.service[i] = $root.grpc.reflection.v1.ServiceResponse.fromObject(object.service[i], _depth + 1);
                        }
                    }
                    return message;
                };

                ListServiceResponse.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.arrays || options.defaults)
                        object.service = [];
                    if (message.service && message.service.length) {
                        object.service = $Array(message.service.length);
                        for (let j = 0; j < message.service.length; ++j)
                            object.service[j] = $root.grpc.reflection.v1.ServiceResponse.toObject(message.service[j], options, _depth + 1);
                    }
                    return object;
                };

                ListServiceResponse.prototype.toJSON = function() {
                    return ListServiceResponse.toObject(this, $protobuf.util.toJSONOptions);
                };

                return ListServiceResponse;
            })();

            v1.ServiceResponse = (function() {

                const ServiceResponse = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                ServiceResponse.prototype.name = "";

                ServiceResponse.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                        writer.uint32(10).string(message.name);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                ServiceResponse.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.reflection.v1.ServiceResponse();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.name = value;
                                else
                                    delete message.name;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                ServiceResponse.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.reflection.v1.ServiceResponse)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.reflection.v1.ServiceResponse: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.grpc.reflection.v1.ServiceResponse();
                    if (object.name != null)
                        if (typeof object.name !== "string" || object.name.length)
                            message.name = $String(object.name);
                    return message;
                };

                ServiceResponse.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults)
                        object.name = "";
                    if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                        object.name = message.name;
                    return object;
                };

                ServiceResponse.prototype.toJSON = function() {
                    return ServiceResponse.toObject(this, $protobuf.util.toJSONOptions);
                };

                return ServiceResponse;
            })();

            v1.ErrorResponse = (function() {

                const ErrorResponse = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                ErrorResponse.prototype.error_code = 0;
                ErrorResponse.prototype.error_message = "";

                ErrorResponse.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.error_code != null && $Object.hasOwnProperty.call(message, "error_code") && message.error_code !== 0)
                        writer.uint32(8).int32(message.error_code);
                    if (message.error_message != null && $Object.hasOwnProperty.call(message, "error_message") && message.error_message !== "")
                        writer.uint32(18).string(message.error_message);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                ErrorResponse.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.grpc.reflection.v1.ErrorResponse();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.int32())
                                    message.error_code = value;
                                else
                                    delete message.error_code;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.error_message = value;
                                else
                                    delete message.error_message;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                ErrorResponse.fromObject = function (object, _depth) {
                    if (object instanceof $root.grpc.reflection.v1.ErrorResponse)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".grpc.reflection.v1.ErrorResponse: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.grpc.reflection.v1.ErrorResponse();
                    if (object.error_code != null)
                        if ($Number(object.error_code) !== 0)
                            message.error_code = object.error_code | 0;
                    if (object.error_message != null)
                        if (typeof object.error_message !== "string" || object.error_message.length)
                            message.error_message = $String(object.error_message);
                    return message;
                };

                ErrorResponse.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.error_code = 0;
                        object.error_message = "";
                    }
                    if (message.error_code != null && $Object.hasOwnProperty.call(message, "error_code"))
                        object.error_code = message.error_code;
                    if (message.error_message != null && $Object.hasOwnProperty.call(message, "error_message"))
                        object.error_message = message.error_message;
                    return object;
                };

                ErrorResponse.prototype.toJSON = function() {
                    return ErrorResponse.toObject(this, $protobuf.util.toJSONOptions);
                };

                return ErrorResponse;
            })();

            return v1;
        })();

        return reflection;
    })();

    return grpc;
})();

export {
  $root as default
};
