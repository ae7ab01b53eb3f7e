"""What programs print for each symptom: their own words, a row for each, the more particular before the general.

The words are those of the programs themselves (OpenSSH 9.2, curl 7.88 and 8.x, wget 1.21, psql 15, the MySQL and
MariaDB clients, redis-cli, the nc of BSD and of Nmap, Chrome's net_error_list.h, Firefox's netError.ftl, urllib3,
java.net, Go's net, Node's libuv and undici). Where one says the same of several symptoms, its row has them all.
"""

from __future__ import annotations

from sgcheck.diagnose.message import CUT, NOT_CONNECTED, TIMES_OUT, UNREACHABLE, Message
from sgcheck.diagnose.messages_of_libraries import MESSAGES_OF_LIBRARIES
from sgcheck.diagnose.symptoms import Symptom as Sees


def _http(status: int, reason: str, symptom: Sees) -> Message:
    """What servers, and the clients that repeat them, say of a status; `reason` is its pattern."""
    line = rf"^\s*<?\s*HTTP/[\d.]+ {status}\b"
    clients = rf"\b{status} (?:Server|Client) Error\b|ERROR {status}:"
    told = rf"\b(?:HTTP (?:Error|Status)|status code|server response):? {status}\b"
    return Message("HTTP", rf"\b{status} {reason}\b|{line}|{clients}|{told}", (symptom,))


MESSAGES = (
    # OpenSSH and PuTTY.
    Message("ssh", r"UNPROTECTED PRIVATE KEY FILE", (Sees.UNPROTECTED_KEY,)),
    Message("ssh", r"Permissions 0?\d{3} for .+ are too open", (Sees.UNPROTECTED_KEY,)),
    Message("ssh", r"Load key .+: bad permissions", (Sees.UNPROTECTED_KEY,)),
    Message("ssh", r"REMOTE HOST IDENTIFICATION HAS CHANGED", (Sees.HOST_KEY_CHANGED,)),
    Message("ssh", r"Host key for .+ has changed and you have requested strict checking", (Sees.HOST_KEY_CHANGED,)),
    Message(
        "ssh", r"Permission denied \([a-z,\-]*(?:publickey|password|keyboard-interactive)", (Sees.PERMISSION_DENIED,)
    ),
    Message("ssh", r"Please login as the user .+ rather than the user", (Sees.PERMISSION_DENIED,)),
    Message("ssh", r"Too many authentication failures", (Sees.PERMISSION_DENIED,)),
    Message("ssh", r"Load key .+: (?:invalid format|error in libcrypto)", (Sees.PERMISSION_DENIED,)),
    Message("ssh", r"Identity file .+ not accessible|no such identity: ", (Sees.PERMISSION_DENIED,)),
    Message(
        "PuTTY", r"Server refused our key|No supported authentication methods available", (Sees.PERMISSION_DENIED,)
    ),
    Message("ssh", r"Connection timed out during banner exchange", (Sees.STALL,)),
    Message("ssh", r"Connection to \S+ port \d+ timed out", (Sees.STALL,)),
    Message("ssh", r"kex_exchange_identification: (?:read: )?Connection reset by peer", (Sees.RESET,)),
    Message("ssh", r"ssh_exchange_identification: (?:read: )?Connection reset by peer", (Sees.RESET,)),
    Message("ssh", r"Connection reset by \S+ port \d+", (Sees.RESET,)),
    Message("ssh", r"(?:kex|ssh)_exchange_identification: Connection closed by remote host", (Sees.CLOSED,)),
    Message("ssh", r"Connection closed by \S+ port \d+", (Sees.CLOSED,)),
    Message("ssh", r"Connection to \S+ closed by remote host", (Sees.CLOSED,)),
    Message("ssh", r"(?:send disconnect|Connection to .+|Write failed): Broken pipe", (Sees.RESET,)),
    Message("ssh", r"ssh: Could not resolve hostname", (Sees.DNS,)),
    Message("ssh", r"ssh: connect to host .+ (?:Connection|Operation) timed out", (Sees.TIMEOUT,)),
    Message("ssh", r"ssh: connect to host .+ Connection refused", (Sees.REFUSED,)),
    Message("ssh", r"ssh: connect to host .+ No route to host", (Sees.NO_ROUTE_TO_HOST,)),
    Message("ssh", r"ssh: connect to host .+ Network is unreachable", (Sees.NETWORK_UNREACHABLE,)),
    Message("PuTTY", r"Network error: Connection (?:to .+ )?timed out", (Sees.TIMEOUT,)),
    Message("PuTTY", r"Network error: Connection refused", (Sees.REFUSED,)),
    Message("PuTTY", r"Network error: (?:Software caused connection abort|Connection reset by peer)", (Sees.RESET,)),
    # curl: its second sentence is newer than its first, and says less.
    Message("curl", r"curl: \(6\)|Could not resolve host:|curl: \(28\) Resolving timed out", (Sees.DNS,)),
    Message("curl", r"curl: \(7\).*Connection refused", (Sees.REFUSED,)),
    Message("curl", r"curl: \(7\).*No route to host", (Sees.NO_ROUTE_TO_HOST,)),
    Message("curl", r"curl: \(7\).*Network is unreachable", (Sees.NETWORK_UNREACHABLE,)),
    Message("curl", r"curl: \(7\).*(?:Connection|Operation) timed out", (Sees.TIMEOUT,)),
    Message("curl", r"curl: \(7\).* after \d{5,} ms: Could(?:n't| not) connect to server", (Sees.TIMEOUT,)),
    Message("curl", r"curl: \(7\).*Could(?:n't| not) connect to server", NOT_CONNECTED[1:]),
    Message("curl", r"curl: \(7\)", NOT_CONNECTED),
    Message("curl", r"curl: \(28\) Failed to connect to", (Sees.TIMEOUT,)),
    Message("curl", r"curl: \(28\) SSL connection timeout", (Sees.STALL,)),
    Message("curl", r"curl: \(28\) Operation timed out after", (Sees.STALL,)),
    Message("curl", r"curl: \(28\) Operation too slow", (Sees.STALL,)),
    Message("curl", r"curl: \(28\)", TIMES_OUT),
    Message("curl", r"curl: \(52\) Empty reply from server", (Sees.CLOSED,)),
    Message("curl", r"curl: \((?:35|56)\).*Connection reset by peer", (Sees.RESET,)),
    Message("curl", r"curl: \((?:35|51|53|58|59|60|77|83|90|91)\)", (Sees.TLS,)),
    Message("curl", r"curl: \(56\)", CUT),
    Message("curl", r"curl: \(22\).* 403\b", (Sees.HTTP_403,)),
    Message("curl", r"curl: \(22\).* 502\b", (Sees.HTTP_502,)),
    Message("curl", r"curl: \(22\).* 503\b", (Sees.HTTP_503,)),
    Message("curl", r"curl: \(22\).* 504\b", (Sees.HTTP_504,)),
    # wget.
    Message("wget", r"wget: unable to resolve host address", (Sees.DNS,)),
    Message("wget", r"Connecting to .+failed: Connection refused", (Sees.REFUSED,)),
    Message("wget", r"Connecting to .+failed: Connection timed out", (Sees.TIMEOUT,)),
    Message("wget", r"Connecting to .+failed: No route to host", (Sees.NO_ROUTE_TO_HOST,)),
    Message("wget", r"Connecting to .+failed: Network is unreachable", (Sees.NETWORK_UNREACHABLE,)),
    Message("wget", r"Read error \(Connection reset by peer\) in headers", (Sees.RESET,)),
    Message("wget", r"Read error \(Connection timed out\) in headers", (Sees.STALL,)),
    Message("wget", r"(?:awaiting response\.\.\. |\)\s*)No data received\.", (Sees.CLOSED,)),
    Message("wget", r"wget: can't connect to remote host .+ (?:Connection|Operation) timed out", (Sees.TIMEOUT,)),
    Message("wget", r"wget: download timed out", TIMES_OUT),
    Message("wget", r"Unable to establish SSL connection", (Sees.TLS,)),
    # psql and libpq. Its own timeout covers the connection and the first answer.
    Message("psql", r"could not translate host name .+ to address", (Sees.DNS,)),
    Message("psql", r"no pg_hba\.conf entry for host|password authentication failed for user", (Sees.LOGIN_FAILED,)),
    Message("psql", r"(?:connection to server at .+failed|could not connect to server): timeout expired", TIMES_OUT),
    Message("psql", r"(?:connection to server at .+|could not connect to server: )Connection refused", (Sees.REFUSED,)),
    Message(
        "psql", r"(?:connection to server at .+|could not connect to server: )Connection timed out", (Sees.TIMEOUT,)
    ),
    Message(
        "psql", r"(?:connection to server at .+|could not connect to server: )Operation timed out", (Sees.TIMEOUT,)
    ),
    Message("psql", r"(?:connection to server at .+|could not connect to server: )No route", (Sees.NO_ROUTE_TO_HOST,)),
    Message(
        "psql", r"(?:connection to server at .+|could not connect to server: )Network is", (Sees.NETWORK_UNREACHABLE,)
    ),
    Message(
        "psql",
        r"FATAL: +(?:(?:role|database) .+ does not exist|sorry, too many clients|remaining connection slots)",
        (Sees.LOGIN_FAILED,),
    ),
    Message("psql", r"server closed the connection unexpectedly", CUT),
    Message("psql", r"received invalid response to SSL negotiation", (Sees.TLS,)),
    # MySQL and MariaDB: the number is the errno, 4 the client's own timeout, 115 whatever ended a connection attempt.
    Message("mysql", r"(?:2005|Unknown MySQL server host)\b.*Unknown (?:MySQL )?server host", (Sees.DNS,)),
    Message("mysql", r"Can't connect to (?:MySQL |MariaDB )?server on .+\((?:110|60|10060|4)\b", (Sees.TIMEOUT,)),
    Message("mysql", r"Can't connect to (?:MySQL |MariaDB )?server on .+\((?:111|61|10061)\b", (Sees.REFUSED,)),
    Message(
        "mysql", r"Can't connect to (?:MySQL |MariaDB )?server on .+\((?:113|65|10065)\b", (Sees.NO_ROUTE_TO_HOST,)
    ),
    Message(
        "mysql", r"Can't connect to (?:MySQL |MariaDB )?server on .+\((?:101|51|10051)\b", (Sees.NETWORK_UNREACHABLE,)
    ),
    Message("mysql", r"Can't connect to (?:MySQL |MariaDB )?server on .+\((?:115|36)\b", NOT_CONNECTED),
    Message("mysql", r"Lost connection to (?:MySQL |MariaDB )?server at .+system error: (?:104|54)\b", (Sees.RESET,)),
    Message("mysql", r"Lost connection to (?:MySQL |MariaDB )?server at .+system error: (?:110|60)\b", (Sees.STALL,)),
    Message("mysql", r"Lost connection to (?:MySQL |MariaDB )?server at 'reading", (*CUT, Sees.STALL)),
    Message("mysql", r"ERROR 1045\b.*Access denied for user", (Sees.LOGIN_FAILED,)),
    Message("mysql", r"Host .+ is not allowed to connect to this M", (Sees.LOGIN_FAILED,)),
    Message("mysql", r"ERROR 1040\b.*Too many connections|ERROR 1129\b.* is blocked because", (Sees.LOGIN_FAILED,)),
    # redis-cli.
    Message("redis-cli", r"Could not connect to Redis at .+(?:Connection|Operation) timed out", (Sees.TIMEOUT,)),
    Message("redis-cli", r"Could not connect to Redis at .+Connection refused", (Sees.REFUSED,)),
    Message("redis-cli", r"Could not connect to Redis at .+No route to host", (Sees.NO_ROUTE_TO_HOST,)),
    Message("redis-cli", r"Could not connect to Redis at .+Network is unreachable", (Sees.NETWORK_UNREACHABLE,)),
    Message(
        "redis-cli", r"Could not connect to Redis at .+(?:Name or service|Temporary failure|nodename)", (Sees.DNS,)
    ),
    Message(
        "redis-cli",
        r"NOAUTH Authentication required|WRONGPASS|Redis is running in protected mode",
        (Sees.LOGIN_FAILED,),
    ),
    Message("redis-cli", r"Error: Server closed the connection", (Sees.CLOSED,)),
    # nc: of BSD and of Nmap; telnet.
    Message("nc", r"nc: connect to .+ timed out", (Sees.TIMEOUT,)),
    Message("nc", r"nc: connect to .+ failed: Connection refused", (Sees.REFUSED,)),
    Message("nc", r"nc: connect to .+ failed: No route to host", (Sees.NO_ROUTE_TO_HOST,)),
    Message("nc", r"nc: connect to .+ failed: Network is unreachable", (Sees.NETWORK_UNREACHABLE,)),
    Message("nc", r"nc: getaddrinfo", (Sees.DNS,)),
    Message("nc", r"Ncat: (?:TIMEOUT|Connection timed out)", (Sees.TIMEOUT,)),
    Message("nc", r"Ncat: Connection refused", (Sees.REFUSED,)),
    Message("nc", r"Ncat: No route to host", (Sees.NO_ROUTE_TO_HOST,)),
    Message("nc", r"Ncat: Network is unreachable", (Sees.NETWORK_UNREACHABLE,)),
    Message("nc", r"Ncat: Could not resolve hostname", (Sees.DNS,)),
    Message("nc", r"Ncat: Connection reset by peer", (Sees.RESET,)),
    Message("nc", r"Connection to .+ port \[.+\] succeeded!|Ncat: Connected to", (Sees.CONNECTED,)),
    Message("nc", r"^\S+ \(\S+:\d+\) open$|^\(UNKNOWN\) \[\S+\] \d+ \(.+\) open$", (Sees.CONNECTED,)),
    Message(
        "nc", r"^nc: (?:\S+ \(\S+:\d+\): Connection )?timed out|\[\S+\] \d+ \(.+\) : Connection timed", (Sees.TIMEOUT,)
    ),
    Message("telnet", r"^Connected to \S+\.$|^Escape character is ", (Sees.CONNECTED,)),
    Message("telnet", r"^Connection closed by foreign host", (Sees.CLOSED,)),
    Message("telnet", r"telnet: connect to address .+: (?:Connection|Operation) timed out", (Sees.TIMEOUT,)),
    Message("telnet", r"telnet: Unable to connect to remote host: Connection refused", (Sees.REFUSED,)),
    Message("telnet", r"telnet: Unable to connect to remote host: Connection timed out", (Sees.TIMEOUT,)),
    Message("telnet", r"Could not open connection to the host, on port", NOT_CONNECTED),
    Message("PowerShell", r"TCP connect to .+ failed|TcpTestSucceeded\s*: False", NOT_CONNECTED),
    Message("PowerShell", r"TcpTestSucceeded\s*: True", (Sees.CONNECTED,)),
    # ping.
    Message("ping", r"Destination Host Unreachable", (Sees.NO_ROUTE_TO_HOST,)),
    Message("ping", r"Destination Net Unreachable", (Sees.NETWORK_UNREACHABLE,)),
    Message(
        "ping",
        r"\b100(?:\.0)?% packet loss|\(100% loss\)|Request timeout for icmp_seq|^Request timed out\.",
        (Sees.NO_REPLY,),
    ),
    Message("dig", r"\bcommunications? error to .+ timed out|no servers could be reached", (Sees.DNS,)),
    # nmap: filtered is silence or an ICMP error; openssl s_client; rsync.
    Message("nmap", r"^\d+/tcp +filtered\b", (Sees.TIMEOUT, Sees.NO_ROUTE_TO_HOST)),
    Message("nmap", r"^\d+/(?:tcp|udp) +closed\b", (Sees.REFUSED,)),
    Message("nmap", r"^\d+/(?:tcp|udp) +open(?!\|)", (Sees.CONNECTED,)),
    Message("nmap", r"^\d+/udp +open\|filtered\b", (Sees.NO_REPLY,)),
    Message("openssl", r"^connect:errno=(?:110|60)\b|system library:connect:Connection timed out", (Sees.TIMEOUT,)),
    Message("openssl", r"^connect:errno=(?:111|61)\b", (Sees.REFUSED,)),
    Message("openssl", r"^(?:read|write):errno=(?:104|54)\b", (Sees.RESET,)),
    Message("rsync", r"rsync: connection unexpectedly closed", CUT),
    # Chrome and Edge (net_error_list.h).
    Message("Chrome", r"ERR_CONNECTION_TIMED_OUT|took too long to respond", (Sees.TIMEOUT,)),
    Message("Chrome", r"ERR_TIMED_OUT", TIMES_OUT),
    Message("Chrome", r"ERR_CONNECTION_REFUSED|refused to connect\.?$", (Sees.REFUSED,)),
    Message("Chrome", r"ERR_CONNECTION_RESET|The connection was reset\.$", (Sees.RESET,)),
    Message(
        "Chrome",
        r"ERR_EMPTY_RESPONSE|ERR_CONNECTION_CLOSED|didn.t send any data|unexpectedly closed the connection",
        (Sees.CLOSED,),
    ),
    Message("Chrome", r"ERR_ADDRESS_UNREACHABLE", (Sees.NO_ROUTE_TO_HOST, Sees.NETWORK_UNREACHABLE)),
    Message("Chrome", r"ERR_INTERNET_DISCONNECTED", (Sees.NETWORK_UNREACHABLE,)),
    Message("Chrome", r"ERR_NAME_NOT_RESOLVED|DNS_PROBE_\w+|server IP address could not be found", (Sees.DNS,)),
    Message("Chrome", r"ERR_SSL_\w+|ERR_CERT_\w+", (Sees.TLS,)),
    # Firefox: its refusal is also its word for a host or network that can't be reached (nsSocketTransport2.cpp).
    Message(
        "Firefox", r"The connection has timed out|is taking too long to respond|NS_ERROR_NET_TIMEOUT", (Sees.TIMEOUT,)
    ),
    Message("Firefox", r"can.t establish a connection to the server|NS_ERROR_CONNECTION_REFUSED", UNREACHABLE),
    Message("Firefox", r"^\s*Unable to connect(?: to site)?\s*$", UNREACHABLE),
    Message("Firefox", r"The connection (?:to the server )?was reset|NS_ERROR_NET_RESET", (Sees.RESET,)),
    Message("Firefox", r"NS_ERROR_NET_INTERRUPT|PR_END_OF_FILE_ERROR", (Sees.CLOSED,)),
    Message("Firefox", r"PR_CONNECT_RESET_ERROR", (Sees.RESET,)),
    Message("Firefox", r"having trouble finding that site|NS_ERROR_UNKNOWN_HOST|^\s*Server Not Found", (Sees.DNS,)),
    Message("Firefox", r"SSL_ERROR_\w+|SEC_ERROR_\w+|MOZILLA_PKIX_ERROR_\w+", (Sees.TLS,)),
    # Safari.
    Message("Safari", r"the server where this page is located isn.t responding", (Sees.TIMEOUT,)),
    Message("Safari", r"Safari can.t connect to the server", UNREACHABLE),
    Message("Safari", r"Safari can.t find the server", (Sees.DNS,)),
    Message("Safari", r"because the server unexpectedly dropped the connection", CUT),
    Message("Safari", r"Safari can.t establish a secure connection", (Sees.TLS,)),
    # Python: urllib3, requests, botocore.
    Message("Python", r"ConnectTimeoutError|Connect timeout on endpoint URL|ConnectTimeout\b", (Sees.TIMEOUT,)),
    Message("Python", r"NameResolutionError|\[Errno (?:-2|-3|-5|8|11001)\]|socket\.gaierror", (Sees.DNS,)),
    Message("Python", r"ReadTimeoutError|Read timed out\. \(read timeout|Read timeout on endpoint URL", (Sees.STALL,)),
    Message("Python", r"\[Errno (?:110|60)\]|\[WinError 10060\]", (Sees.TIMEOUT,)),
    Message("Python", r"\[Errno (?:111|61)\]|\[WinError 10061\]|ConnectionRefusedError", (Sees.REFUSED,)),
    Message("Python", r"\[Errno (?:113|65)\]|\[WinError 10065\]", (Sees.NO_ROUTE_TO_HOST,)),
    Message("Python", r"\[Errno (?:101|51)\]|\[WinError 10051\]", (Sees.NETWORK_UNREACHABLE,)),
    Message("Python", r"\[Errno (?:104|54)\]|\[WinError 10054\]|ConnectionResetError", (Sees.RESET,)),
    Message("Python", r"RemoteDisconnected|Remote end closed connection without response", (Sees.CLOSED,)),
    Message("Python", r"SSLCertVerificationError|ssl\.SSLError|SSLError\(", (Sees.TLS,)),
    Message("Python", r"Could not connect to the endpoint URL", (Sees.DNS, *NOT_CONNECTED)),
    # Java.
    Message("Java", r"SocketTimeoutException: [Cc]onnect timed out|HttpConnectTimeoutException", (Sees.TIMEOUT,)),
    Message("Java", r"SocketTimeoutException: Read timed out|HttpTimeoutException: request timed out", (Sees.STALL,)),
    Message("Java", r"ConnectException: Connection timed out|ConnectException: Operation timed out", (Sees.TIMEOUT,)),
    Message("Java", r"ConnectException: Connection refused", (Sees.REFUSED,)),
    Message("Java", r"NoRouteToHostException", (Sees.NO_ROUTE_TO_HOST,)),
    Message("Java", r"(?:Socket|Connect)Exception: Network is unreachable", (Sees.NETWORK_UNREACHABLE,)),
    Message("Java", r"SocketException: Connection reset", (Sees.RESET,)),
    Message("Java", r"UnknownHostException", (Sees.DNS,)),
    Message("Java", r"SSLHandshakeException|SSLException", (Sees.TLS,)),
    # Go.
    Message("Go", r"dial (?:tcp|udp)\d?[^:]*: lookup .+(?:no such host|server misbehaving|i/o timeout)", (Sees.DNS,)),
    Message(
        "Go",
        r"dial tcp\d? .+: (?:i/o timeout|connect: connection timed out|connect: operation timed out)",
        (Sees.TIMEOUT,),
    ),
    Message(
        "Go", r"dial tcp\d? .+: connect: connection refused|connectex: No connection could be made", (Sees.REFUSED,)
    ),
    Message("Go", r"dial tcp\d? .+: connect: no route to host", (Sees.NO_ROUTE_TO_HOST,)),
    Message("Go", r"dial tcp\d? .+: connect: network is unreachable", (Sees.NETWORK_UNREACHABLE,)),
    Message("Go", r"read: connection reset by peer", (Sees.RESET,)),
    Message("Go", r"net/http: TLS handshake timeout|read tcp .+: i/o timeout", (Sees.STALL,)),
    Message("Go", r"request canceled while waiting for connection \(Client\.Timeout", (Sees.TIMEOUT,)),
    Message("Go", r"Client\.Timeout exceeded while awaiting headers", TIMES_OUT),
    Message("Go", r"tls: |x509: |server gave HTTP response to HTTPS client", (Sees.TLS,)),
    Message("Go", r"(?:Get|Post|Put|Head) \"https?://.+\": EOF$", (Sees.CLOSED,)),
    Message("Go", r"context deadline exceeded", TIMES_OUT),
    # Node.
    Message("Node", r"getaddrinfo (?:ENOTFOUND|EAI_AGAIN)", (Sees.DNS,)),
    Message("Node", r"connect ECONNREFUSED", (Sees.REFUSED,)),
    Message(
        "Node",
        r"connect ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|ConnectTimeoutError|ERR_SOCKET_CONNECTION_TIMEOUT",
        (Sees.TIMEOUT,),
    ),
    Message("Node", r"connect EHOSTUNREACH", (Sees.NO_ROUTE_TO_HOST,)),
    Message("Node", r"connect ENETUNREACH", (Sees.NETWORK_UNREACHABLE,)),
    Message("Node", r"UND_ERR_(?:HEADERS|BODY)_TIMEOUT|HeadersTimeoutError|BodyTimeoutError", (Sees.STALL,)),
    Message("Node", r"read ECONNRESET", (Sees.RESET,)),
    Message("Node", r"socket hang up|UND_ERR_SOCKET|other side closed", CUT),
    Message("Node", r"read ETIMEDOUT", (Sees.STALL,)),
    Message("Node", r"ERR_TLS_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE", (Sees.TLS,)),
    *MESSAGES_OF_LIBRARIES,
    # EC2 Instance Connect in the console says it of whatever hinders it.
    Message(
        "EC2 Instance Connect",
        r"EC2 Instance Connect is unable to connect|(?:Failed to connect|establishing SSH connection) to your instance",
        (Sees.TIMEOUT, *UNREACHABLE),
    ),
    # HTTP, from anybody.
    _http(502, "Bad Gateway", Sees.HTTP_502),
    _http(503, "Service (?:Temporarily )?Unavailable", Sees.HTTP_503),
    _http(504, "Gateway Time-?out", Sees.HTTP_504),
    _http(403, "Forbidden", Sees.HTTP_403),
    Message("HTTP", r"^\s*<?\s*HTTP/[\d.]+ [1234]\d\d\b|\b200 OK\b", (Sees.CONNECTED,)),
    # The system's own words (errno), whoever repeats them.
    Message("", r"\bECONNREFUSED\b|Connection refused|actively refused it", (Sees.REFUSED,)),
    Message("", r"\bEHOSTUNREACH\b|No route to host|\bEHOSTDOWN\b|Host is down", (Sees.NO_ROUTE_TO_HOST,)),
    Message("", r"\bENETUNREACH\b|Network is unreachable|Network unreachable", (Sees.NETWORK_UNREACHABLE,)),
    Message("", r"\bECONNRESET\b|Connection reset by peer|forcibly closed by the remote host", (Sees.RESET,)),
    Message("", r"\bETIMEDOUT\b|(?:Connection|Operation) timed out", TIMES_OUT),
    Message(
        "",
        r"Name or service not known|nodename nor servname|failure in name resolution|\bNXDOMAIN\b|No such host is",
        (Sees.DNS,),
    ),
    Message(
        "",
        r"certificate verify failed|wrong version number|tlsv1 alert|handshake failure|self[- ]signed certificate",
        (Sees.TLS,),
    ),
)
