"""What people paste: complete lines as the programs printed them, and what each says was observed.

Those of OpenSSH 9.2, curl 7.88, wget 1.21, psql 15, Node 20, Java 17 and requests 2 were printed by them on a machine with sockets that refuse,
reset, close and stall; the others were copied from reports of people who met them.
"""

from __future__ import annotations

UNREACHABLE = "refused no-route-to-host network-unreachable"
NOT_CONNECTED = f"timeout {UNREACHABLE}"

PASTED: dict[str, tuple[tuple[str, str], ...]] = {
    "ssh": (
        ("ssh: connect to host 198.51.100.7 port 22: Connection timed out", "timeout"),
        ("ssh: connect to host ec2-198-51-100-7.compute-1.amazonaws.com port 22: Operation timed out", "timeout"),
        ("ssh: connect to host 127.0.0.1 port 9: Connection refused", "refused"),
        ("ssh: connect to host 10.0.2.20 port 22: No route to host", "no-route-to-host"),
        ("ssh: connect to host 2001:db8::1 port 22: Network is unreachable", "network-unreachable"),
        ("ssh: Could not resolve hostname nosuch.invalid: Name or service not known", "dns"),
        ("ssh: Could not resolve hostname web: nodename nor servname provided, or not known", "dns"),
        (
            "kex_exchange_identification: read: Connection reset by peer\nConnection reset by 127.0.0.1 port 7001",
            "reset",
        ),
        ("ssh_exchange_identification: read: Connection reset by peer", "reset"),
        (
            "kex_exchange_identification: Connection closed by remote host\nConnection closed by 127.0.0.1 port 7002",
            "closed",
        ),
        ("Connection timed out during banner exchange\nConnection to 127.0.0.1 port 7003 timed out", "stall"),
        ("ec2-user@198.51.100.7: Permission denied (publickey).", "permission-denied"),
        ("Permission denied (publickey,gssapi-keyex,gssapi-with-mic).", "permission-denied"),
        ("ubuntu@10.0.1.10: Permission denied (publickey,password,keyboard-interactive).", "permission-denied"),
        ('Please login as the user "ec2-user" rather than the user "root".', "permission-denied"),
        ("Received disconnect from 198.51.100.7 port 22:2: Too many authentication failures", "permission-denied"),
        (
            "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\n"
            "@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\n"
            "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\n"
            "Permissions 0644 for 'key.pem' are too open.\n"
            "It is required that your private key files are NOT accessible by others.\n"
            "This private key will be ignored.\n"
            'Load key "key.pem": bad permissions\n'
            "ec2-user@198.51.100.7: Permission denied (publickey).",
            "unprotected-key",
        ),
        ("Permissions 0777 for '/mnt/c/keys/key.pem' are too open.", "unprotected-key"),
        ('Load key "key.pem": bad permissions', "unprotected-key"),
        ("@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @", "host-key-changed"),
        ("Host key for 198.51.100.7 has changed and you have requested strict checking.", "host-key-changed"),
    ),
    "PuTTY": (
        ("Network error: Connection timed out", "timeout"),
        ("Network error: Connection refused", "refused"),
        ("Network error: Software caused connection abort", "reset"),
        ("Server refused our key", "permission-denied"),
        ("No supported authentication methods available (server sent: publickey)", "permission-denied"),
    ),
    "curl": (
        ("curl: (6) Could not resolve host: nosuch.invalid", "dns"),
        ("curl: (7) Failed to connect to 127.0.0.1 port 20170: Connection refused", "refused"),
        ("curl: (7) Failed to connect to gmplib.org port 443 after 343 ms: Connection refused", "refused"),
        ("curl: (7) Failed to connect to 10.0.2.20 port 80: No route to host", "no-route-to-host"),
        ("curl: (7) Failed to connect to 2001:db8::1 port 80: Network is unreachable", "network-unreachable"),
        ("curl: (7) Failed to connect to 198.51.100.7 port 80: Connection timed out", "timeout"),
        ("curl: (7) Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server", UNREACHABLE),
        ("curl: (7) Failed to connect to example.com port 80 after 2152 ms: Could not connect to server", UNREACHABLE),
        ("curl: (7) Failed to connect to 198.51.100.7 port 80 after 130841 ms: Couldn't connect to server", "timeout"),
        ("curl: (7) couldn't connect to host", NOT_CONNECTED),
        (
            "*   Trying 127.0.0.1:9...\n* connect to 127.0.0.1 port 9 failed: Connection refused\n"
            "* Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server\n* Closing connection 0\n"
            "curl: (7) Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server",
            "refused",
        ),
        ("curl: (28) Failed to connect to www.google.com port 81 after 5006 ms: Timeout was reached", "timeout"),
        ("curl: (28) Failed to connect to example.com port 443 after 129337 ms: Connection timed out", "timeout"),
        ("curl: (28) Connection timed out after 2003 milliseconds", "timeout stall"),
        ("curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received", "stall"),
        ("curl: (28) Operation too slow. Less than 1000 bytes/sec transferred the last 30 seconds", "stall"),
        ("curl: (28) SSL connection timeout", "stall"),
        ("curl: (52) Empty reply from server", "closed"),
        ("curl: (56) Recv failure: Connection reset by peer", "reset"),
        ("curl: (35) Recv failure: Connection reset by peer", "reset"),
        (
            "curl: (56) OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while reading, errno 0",
            "reset closed",
        ),
        ("curl: (35) OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number", "tls"),
        ("curl: (60) SSL certificate problem: self-signed certificate", "tls"),
        ("curl: (22) The requested URL returned error: 403", "http-403"),
        ("curl: (22) The requested URL returned error: 502", "http-502"),
        ("curl: (22) The requested URL returned error: 503", "http-503"),
        ("curl: (22) The requested URL returned error: 504", "http-504"),
    ),
    "wget": (
        ("Connecting to 127.0.0.1:9... failed: Connection refused.", "refused"),
        ("Connecting to 198.51.100.7:80... failed: Connection timed out.\nRetrying.", "timeout"),
        ("Connecting to [2001:db8::1]:80... failed: No route to host.", "no-route-to-host"),
        ("Connecting to [2001:db8::1]:80... failed: Network is unreachable.", "network-unreachable"),
        (
            "Resolving nosuch.invalid (nosuch.invalid)... failed: Name or service not known.\n"
            "wget: unable to resolve host address ‘nosuch.invalid’",
            "dns",
        ),
        ("HTTP request sent, awaiting response... Read error (Connection reset by peer) in headers.", "reset"),
        ("HTTP request sent, awaiting response... Read error (Connection timed out) in headers.", "stall"),
        ("HTTP request sent, awaiting response... No data received.", "closed"),
        ("Unable to establish SSL connection.", "tls"),
    ),
    "psql": (
        (
            'psql: error: connection to server at "127.0.0.1", port 9 failed: Connection refused\n'
            "\tIs the server running on that host and accepting TCP/IP connections?",
            "refused",
        ),
        (
            'psql: error: connection to server at "orders.abc.us-east-1.rds.amazonaws.com" (10.0.2.30), port 5432 failed: Connection timed out\n'
            "\tIs the server running on that host and accepting TCP/IP connections?",
            "timeout",
        ),
        (
            'psql: error: connection to server at "10.0.2.30", port 5432 failed: Connection timed out (0x0000274C/10060)\n'
            "\tIs the server running on that host and accepting TCP/IP connections?",
            "timeout",
        ),
        ('psql: error: connection to server at "10.0.2.30", port 5432 failed: Operation timed out', "timeout"),
        ("psql: could not connect to server: Connection timed out", "timeout"),
        ("psql: could not connect to server: Connection refused", "refused"),
        ('psql: error: connection to server at "2001:db8::1", port 5432 failed: No route to host', "no-route-to-host"),
        (
            'psql: error: connection to server at "2001:db8::1", port 5432 failed: Network is unreachable',
            "network-unreachable",
        ),
        ('psql: error: connection to server at "127.0.0.1", port 7003 failed: timeout expired', "timeout stall"),
        ('psql: error: could not translate host name "nosuch.invalid" to address: Name or service not known', "dns"),
        (
            'psql: error: connection to server at "127.0.0.1", port 7001 failed: server closed the connection unexpectedly\n'
            "\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.",
            "reset closed",
        ),
        (
            'psql: error: connection to server at "127.0.0.1", port 7004 failed: received invalid response to SSL negotiation: H',
            "tls",
        ),
        (
            'FATAL:  no pg_hba.conf entry for host "10.0.1.10", user "app", database "app", no encryption',
            "login-failed",
        ),
        ('FATAL:  password authentication failed for user "app"', "login-failed"),
    ),
    "mysql": (
        ("ERROR 2003 (HY000): Can't connect to MySQL server on '10.0.2.30' (110)", "timeout"),
        ("ERROR 2003 (HY000): Can't connect to MySQL server on '10.0.2.30:3306' (60)", "timeout"),
        ("ERROR 2003 (HY000): Can't connect to MySQL server on 'db' (10060)", "timeout"),
        ("ERROR 2003 (HY000): Can't connect to MySQL server on 'db' (4)", "timeout"),
        ("ERROR 2003 (HY000): Can't connect to MySQL server on 'db' (111)", "refused"),
        ("ERROR 2003 (HY000): Can't connect to MySQL server on 'db:3306' (61)", "refused"),
        ("ERROR 2003 (HY000): Can't connect to MySQL server on 'db' (113)", "no-route-to-host"),
        ("ERROR 2003 (HY000): Can't connect to MySQL server on 'db' (101)", "network-unreachable"),
        ("ERROR 2002 (HY000): Can't connect to server on '10.0.2.30' (115)", NOT_CONNECTED),
        ("(2002, \"Can't connect to MySQL server on 'db' (115)\")", NOT_CONNECTED),
        ("ERROR 2005 (HY000): Unknown MySQL server host 'nosuch.invalid' (-2)", "dns"),
        (
            "ERROR 2013 (HY000): Lost connection to MySQL server at 'reading authorization packet', system error: 54",
            "reset",
        ),
        (
            "ERROR 2013 (HY000): Lost connection to MySQL server at 'reading initial communication packet', system error: 110",
            "stall",
        ),
        (
            "ERROR 2013 (HY000): Lost connection to MySQL server at 'reading initial communication packet', system error: 0",
            "reset closed stall",
        ),
        ("ERROR 1045 (28000): Access denied for user 'app'@'10.0.1.10' (using password: YES)", "login-failed"),
        ("ERROR 1130 (HY000): Host '10.0.1.10' is not allowed to connect to this MySQL server", "login-failed"),
    ),
    "redis-cli": (
        ("Could not connect to Redis at 10.0.2.40:6379: Connection timed out", "timeout"),
        ("Could not connect to Redis at 127.0.0.1:6379: Connection refused", "refused"),
        ("Could not connect to Redis at 10.0.2.40:9001: No route to host", "no-route-to-host"),
        ("Could not connect to Redis at 2001:db8::1:6379: Network is unreachable", "network-unreachable"),
        ("Could not connect to Redis at redis:6379: Name or service not known", "dns"),
        ("(error) NOAUTH Authentication required.", "login-failed"),
        ("Error: Server closed the connection", "closed"),
        ("Error: Connection reset by peer", "reset"),
    ),
    "nc": (
        ("nc: connect to 8.8.8.8 port 81 (tcp) timed out: Operation now in progress", "timeout"),
        ("nc: connect to 10.0.0.9 port 3000 (tcp) failed: Connection refused", "refused"),
        ("nc: connect to 10.0.0.9 port 3000 (tcp) failed: No route to host", "no-route-to-host"),
        (
            "nc: connect to google.com (142.250.186.110) port 443 (tcp) timed out: Operation now in progress\n"
            "nc: connect to google.com (2a00:1450:4001:829::200e) port 443 (tcp) failed: Network is unreachable",
            "timeout",
        ),
        ("nc: connect to 2001:db8::1 port 443 (tcp) failed: Network is unreachable", "network-unreachable"),
        ('nc: getaddrinfo for host "nosuch.invalid" port 80: Name or service not known', "dns"),
        ("Ncat: TIMEOUT.", "timeout"),
        ("Ncat: Connection timed out.", "timeout"),
        ("Ncat: Connection refused.", "refused"),
        ("Ncat: No route to host.", "no-route-to-host"),
        ("Ncat: Network is unreachable.", "network-unreachable"),
        ("Ncat: Connection reset by peer.", "reset"),
        ('Ncat: Could not resolve hostname "nosuch.invalid": Name or service not known. QUITTING.', "dns"),
        ("Connection to github.com (20.207.73.82) 22 port [tcp/ssh] succeeded!", "connected"),
        ("Ncat: Connected to 10.0.1.10:80.", "connected"),
    ),
    "telnet": (
        ("telnet: Unable to connect to remote host: Connection refused", "refused"),
        ("telnet: Unable to connect to remote host: Connection timed out", "timeout"),
        ("Connecting To 10.0.1.10...Could not open connection to the host, on port 22: Connect failed", NOT_CONNECTED),
    ),
    "PowerShell": (("WARNING: TCP connect to (10.0.1.10 : 3389) failed", NOT_CONNECTED),),
    "ping": (
        ("3 packets transmitted, 0 received, 100% packet loss, time 2045ms", "no-reply"),
        ("3 packets transmitted, 0 packets received, 100.0% packet loss", "no-reply"),
        ("Request timeout for icmp_seq 0", "no-reply"),
        ("Request timed out.", "no-reply"),
        ("    Packets: Sent = 4, Received = 0, Lost = 4 (100% loss),", "no-reply"),
        (
            "From 10.0.1.10 icmp_seq=1 Destination Host Unreachable\n3 packets transmitted, 0 received, +3 errors, 100% packet loss",
            "no-route-to-host",
        ),
        ("From 10.0.1.1 icmp_seq=1 Destination Net Unreachable", "network-unreachable"),
    ),
    "dig": ((";; connection timed out; no servers could be reached", "dns"),),
    "Chrome": (
        ("This site can’t be reached\n198.51.100.7 took too long to respond.\nERR_CONNECTION_TIMED_OUT", "timeout"),
        ("This site can’t be reached\n198.51.100.7 refused to connect.\nERR_CONNECTION_REFUSED", "refused"),
        ("This site can’t be reached\nThe connection was reset.\nERR_CONNECTION_RESET", "reset"),
        ("This page isn’t working\n198.51.100.7 didn’t send any data.\nERR_EMPTY_RESPONSE", "closed"),
        (
            "This site can’t be reached\n198.51.100.7 unexpectedly closed the connection.\nERR_CONNECTION_CLOSED",
            "closed",
        ),
        (
            "This site can’t be reached\nhttp://10.0.2.20/ is unreachable.\nERR_ADDRESS_UNREACHABLE",
            "no-route-to-host network-unreachable",
        ),
        ("No internet\nERR_INTERNET_DISCONNECTED", "network-unreachable"),
        (
            "This site can’t be reached\nweb.invalid’s server IP address could not be found.\nERR_NAME_NOT_RESOLVED",
            "dns",
        ),
        ("This site can’t be reached\nCheck if there is a typo in web.invalid.\nDNS_PROBE_FINISHED_NXDOMAIN", "dns"),
        ("This site can’t provide a secure connection\nERR_SSL_PROTOCOL_ERROR", "tls"),
        ("Your connection is not private\nnet::ERR_CERT_COMMON_NAME_INVALID", "tls"),
        ("net::ERR_TIMED_OUT", "timeout stall"),
    ),
    "Firefox": (
        ("The connection has timed out\nThe server at 198.51.100.7 is taking too long to respond.", "timeout"),
        ("Unable to connect\nFirefox can’t establish a connection to the server at 198.51.100.7.", UNREACHABLE),
        ("Unable to connect to site", UNREACHABLE),
        ("The connection was reset\nThe connection to the server was reset while the page was loading.", "reset"),
        ("Error code: PR_CONNECT_RESET_ERROR", "reset"),
        ("Secure Connection Failed\nError code: PR_END_OF_FILE_ERROR", "closed"),
        ("Hmm. We’re having trouble finding that site.\nWe can’t connect to the server at web.invalid.", "dns"),
        ("Server Not Found", "dns"),
        ("Error code: SSL_ERROR_RX_RECORD_TOO_LONG", "tls"),
        ("Error code: MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", "tls"),
    ),
    "Python": (
        (
            "requests.exceptions.ConnectTimeout: HTTPConnectionPool(host='198.51.100.7', port=80): Max retries exceeded with url: / (Caused by "
            "ConnectTimeoutError(<HTTPConnection(host='198.51.100.7', port=80) at 0x7f6f89284110>, 'Connection to 198.51.100.7 timed out. (connect timeout=2)'))",
            "timeout",
        ),
        (
            "requests.exceptions.ConnectionError: HTTPConnectionPool(host='127.0.0.1', port=9): Max retries exceeded with url: / (Caused by "
            "NewConnectionError(\"HTTPConnection(host='127.0.0.1', port=9): Failed to establish a new connection: [Errno 111] Connection refused\"))",
            "refused",
        ),
        (
            "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='example.com', port=443): Max retries exceeded with url: / (Caused by "
            "NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f551fb6fa90>: Failed to establish a new connection: "
            "[Errno 101] Network is unreachable'))",
            "network-unreachable",
        ),
        (
            "ConnectionError: HTTPConnectionPool(host='10.0.2.20', port=80): Max retries exceeded with url: / (Caused by "
            "NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f79f9c9c1d0>: Failed to establish a new connection: [Errno 113] No route to host',))",
            "no-route-to-host",
        ),
        (
            "requests.exceptions.ConnectionError: HTTPConnectionPool(host='cloud.example', port=80): Max retries exceeded with url: / (Caused by "
            "NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7fdc0f230320>: Failed to establish a new connection: [Errno 110] Connection timed out',))",
            "timeout",
        ),
        (
            "requests.exceptions.ConnectionError: HTTPConnectionPool(host='nosuch.invalid', port=80): Max retries exceeded with url: / (Caused by "
            "NameResolutionError(\"HTTPConnection(host='nosuch.invalid', port=80): Failed to resolve 'nosuch.invalid' ([Errno -2] Name or service not known)\"))",
            "dns",
        ),
        (
            "requests.exceptions.ReadTimeout: HTTPConnectionPool(host='127.0.0.1', port=7003): Read timed out. (read timeout=2)",
            "stall",
        ),
        (
            "requests.exceptions.ConnectionError: ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
            "reset",
        ),
        (
            "requests.exceptions.ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
            "closed",
        ),
        ("urllib.error.URLError: <urlopen error [Errno 111] Connection refused>", "refused"),
        (
            "requests.exceptions.SSLError: HTTPSConnectionPool(host='10.0.1.10', port=443): Max retries exceeded with url: / (Caused by SSLError(1))",
            "tls",
        ),
        (
            'botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL: "https://secretsmanager.us-east-1.amazonaws.com"',
            "timeout",
        ),
        ('Could not connect to the endpoint URL: "https://s3.us-east-9.amazonaws.com/"', f"dns {NOT_CONNECTED}"),
    ),
    "Java": (
        ("java.net.ConnectException: Connection refused", "refused"),
        ("java.net.ConnectException: Connection timed out: connect", "timeout"),
        ("Caused by: java.net.SocketTimeoutException: Connect timed out", "timeout"),
        ("java.net.SocketTimeoutException: connect timed out", "timeout"),
        ("java.net.http.HttpConnectTimeoutException: HTTP connect timed out", "timeout"),
        ("java.net.SocketTimeoutException: Read timed out", "stall"),
        ("Caused by: java.net.NoRouteToHostException: No route to host (Host unreachable)", "no-route-to-host"),
        ("java.net.SocketException: Network is unreachable (connect failed)", "network-unreachable"),
        ("java.net.SocketException: Connection reset", "reset"),
        ("java.net.UnknownHostException: nosuch.invalid", "dns"),
        ("javax.net.ssl.SSLHandshakeException: PKIX path building failed", "tls"),
    ),
    "Go": (
        ("dial tcp 127.0.0.1:9: connect: connection refused", "refused"),
        ("dial tcp 137.74.6.25:411: i/o timeout", "timeout"),
        ("dial tcp 10.0.2.20:80: connect: connection timed out", "timeout"),
        (
            'LDAP Result Code 200 "Network Error": dial tcp 10.25.0.14:389: connect: no route to host',
            "no-route-to-host",
        ),
        ("dial tcp [2001:db8::1]:443: connect: network is unreachable", "network-unreachable"),
        ("dial tcp: lookup web.invalid on 10.0.0.2:53: no such host", "dns"),
        ("dial tcp: lookup zts.athens.yahoo.com: i/o timeout", "dns"),
        ("read tcp 10.0.1.10:51234->10.0.2.20:80: read: connection reset by peer", "reset"),
        ("read tcp 10.0.1.10:51234->10.0.2.20:80: i/o timeout", "stall"),
        ("net/http: TLS handshake timeout", "stall"),
        (
            'Get "https://dl.k8s.io/release/stable-1.txt": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
            "timeout",
        ),
        (
            'Get "http://10.244.2.2:8000/health": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
            "timeout stall",
        ),
        ("rpc error: context deadline exceeded", "timeout stall"),
        ('Get "http://10.0.1.10/": EOF', "closed"),
        (
            'Get "https://10.0.1.10/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
            "tls",
        ),
        ('Get "https://10.0.1.10:8080/": http: server gave HTTP response to HTTPS client', "tls"),
    ),
    "Node": (
        ("Error: connect ECONNREFUSED 127.0.0.1:9999", "refused"),
        ("Error: connect ETIMEDOUT 192.168.1.11:5432", "timeout"),
        ("Error: connect EHOSTUNREACH 10.0.2.20:80", "no-route-to-host"),
        ("Error: connect ENETUNREACH 2001:db8::1:80 - Local (:::0)", "network-unreachable"),
        ("Error: getaddrinfo ENOTFOUND nosuch.invalid", "dns"),
        ("Error: getaddrinfo EAI_AGAIN web.example.com", "dns"),
        ("Error: read ECONNRESET", "reset"),
        ("Error: socket hang up", "reset closed"),
        ("Error: read ETIMEDOUT", "stall"),
        ("ConnectTimeoutError: Connect Timeout Error (attempted address: 10.2.2.164:80, timeout: 10000ms)", "timeout"),
        (
            "TypeError: fetch failed\n  cause: HeadersTimeoutError: Headers Timeout Error\n    code: 'UND_ERR_HEADERS_TIMEOUT'",
            "stall",
        ),
        (
            "TypeError: fetch failed\n    at node:internal/deps/undici/undici:14976:13\n  [cause]: Error: connect ECONNREFUSED 127.0.0.1:9999\n"
            "    errno: -111,\n    code: 'ECONNREFUSED',\n    syscall: 'connect',",
            "refused",
        ),
        ("Error: self-signed certificate\n  code: 'DEPTH_ZERO_SELF_SIGNED_CERT'", "tls"),
    ),
    "EC2 Instance Connect": (
        (
            "Failed to connect to your instance\nEC2 Instance Connect is unable to connect to your instance. Ensure your instance network settings are"
            " configured correctly for EC2 Instance Connect.",
            NOT_CONNECTED,
        ),
    ),
    "HTTP": (
        ("<html><head><title>502 Bad Gateway</title></head>", "http-502"),
        ("HTTP/1.1 502 Bad Gateway", "http-502"),
        ("< HTTP/2 503", "http-503"),
        ("503 Service Temporarily Unavailable", "http-503"),
        ("<center><h1>504 Gateway Time-out</h1></center>", "http-504"),
        ("2026-11-25 10:50:00 ERROR 503: Service Unavailable.", "http-503"),
        ("requests.exceptions.HTTPError: 504 Server Error: Gateway Time-out for url: http://web/", "http-504"),
        ("403 Forbidden", "http-403"),
        ("HTTP/1.1 200 OK", "connected"),
        ("< HTTP/1.1 301 Moved Permanently", "connected"),
    ),
    "": (
        ("connect() failed (111: Connection refused) while connecting to upstream", "refused"),
        ("No connection could be made because the target machine actively refused it.", "refused"),
        ("IO error: EHOSTUNREACH", "no-route-to-host"),
        ("Network is unreachable", "network-unreachable"),
        ("An existing connection was forcibly closed by the remote host.", "reset"),
        ("upstream timed out (110: Connection timed out) while connecting to upstream", "timeout stall"),
        ("** server can't find web.invalid: NXDOMAIN", "dns"),
        ("certificate verify failed: unable to get local issuer certificate", "tls"),
    ),
}
