"""What drivers, libraries and services say, which people meet in logs: rows as those of messages.py.

The words are those of redis-py, PyMySQL, aiohttp, httpx, paramiko and PyMongo, the JDBC drivers of PostgreSQL and
MySQL, the drivers of SQL Server, Oracle and MongoDB, .NET, Ruby, PHP, node-postgres, axios and Prisma, nginx, Kafka,
kubectl and Lambda.
"""

from __future__ import annotations

from sgcheck.diagnose.message import CUT, NOT_CONNECTED, NOWHERE, TIMES_OUT, UNREACHABLE, Message
from sgcheck.diagnose.symptoms import Symptom as Sees

MESSAGES_OF_LIBRARIES = (
    # Python.
    Message("Python", r"Timeout connecting to server|Error (?:110|60) connecting to \S+:\d+", (Sees.TIMEOUT,)),
    Message("Python", r"Can't connect to MySQL server on .+\(timed out\)", (Sees.TIMEOUT,)),
    Message("Python", r"<urlopen error timed out>|Connection timeout to host ", (Sees.TIMEOUT,)),
    Message("Python", r"The (?:read|handshake) operation timed out|httpx\.ReadTimeout", (Sees.STALL,)),
    Message("Python", r"Cannot connect to host .+\[Connect call failed", NOT_CONNECTED),
    Message("Python", r"All connection attempts failed", UNREACHABLE),
    # It gathers these two, and raises all others as they are (paramiko/client.py, connect).
    Message("Python", r"Unable to connect to port \d+ on ", (Sees.REFUSED, Sees.NO_ROUTE_TO_HOST)),
    Message("Python", r"Error reading SSH protocol banner", (Sees.STALL, *CUT)),
    Message("Python", r"paramiko\S*\.AuthenticationException", (Sees.PERMISSION_DENIED,)),
    Message("Python", r"(?:socket\.timeout|TimeoutError): timed out|^asyncio\S*\.TimeoutError", TIMES_OUT),
    # MongoDB: the attempts are made elsewhere, and this is the end of waiting for them.
    Message("MongoDB", r"ServerSelectionTimeoutError: \S+:\d+: timed out", TIMES_OUT),
    Message("MongoDB", r"[Ss]erver selection timed out|MongoSocketOpenException|No servers found yet", NOWHERE),
    # Java: a ConnectException of any kind is a refusal to PostgreSQL's driver, and what is none "failed".
    Message("Java", r"failed: connect timed out|ConnectTimeoutException", (Sees.TIMEOUT,)),
    Message("Java", r"Connection to \S+ refused\. Check that the hostname", (Sees.REFUSED, Sees.TIMEOUT)),
    Message("Java", r"PSQLException: The connection attempt failed", NOWHERE),
    Message("Java", r"Communications link failure", (*NOWHERE, *CUT, Sees.STALL)),
    Message("Java", r"Connection to node -?\d+ .*could not be established", NOT_CONNECTED),
    # SQL Server: the numbers are those of Winsock. .NET and Windows itself.
    Message("SQL Server", r"TCP Provider: Error code 0x274C\b", (Sees.TIMEOUT,)),
    Message("SQL Server", r"TCP Provider: Error code 0x274D\b", (Sees.REFUSED,)),
    Message("SQL Server", r"TCP Provider: Error code 0x2746\b", (Sees.RESET,)),
    Message("SQL Server", r"TCP Provider: Error code 0x2AF9\b", (Sees.DNS,)),
    Message("SQL Server", r"TCP Provider: (?:Error code 0x102\b|The wait operation timed out)", TIMES_OUT),
    Message("Windows", r"A connection attempt failed because the connected party did not", (Sees.TIMEOUT,)),
    Message("SQL Server", r"A network-related or instance-specific error", (*NOWHERE, Sees.STALL)),
    Message("SQL Server", r"SQL Server\]Login timeout expired", (*NOWHERE, Sees.STALL)),
    Message(".NET", r"Unable to connect to the remote server", NOT_CONNECTED),
    Message("Remote Desktop", r"(?:Remote Desktop|We) (?:can|could)n?.t connect to the remote", NOT_CONNECTED),
    # Oracle.
    Message("Oracle", r"ORA-12170\b", TIMES_OUT),
    Message("Oracle", r"ORA-12535\b", (Sees.TIMEOUT,)),
    Message("Oracle", r"ORA-12541\b", (Sees.REFUSED,)),
    Message("Oracle", r"ORA-01017\b", (Sees.LOGIN_FAILED,)),
    # Ruby and PHP.
    Message("Ruby", r"Net::OpenTimeout|Errno::ETIMEDOUT.+connect\(2\)", (Sees.TIMEOUT,)),
    Message("Ruby", r"Net::ReadTimeout", (Sees.STALL,)),
    Message("PHP", r"SQLSTATE\[\w+\] \[2002\] (?:Connection|Operation) timed out", (Sees.TIMEOUT,)),
    Message("PHP", r"nable to connect to .+\((?:Connection|Operation) timed out\)", (Sees.TIMEOUT,)),
    # Node.
    Message("Node", r"timeout of \d+ms exceeded|timeout exceeded when trying to connect", TIMES_OUT),
    Message("Node", r"Can't reach database server at", NOWHERE),
    # Services.
    Message("nginx", r"upstream timed out .+ while connecting to upstream", (Sees.TIMEOUT,)),
    Message("nginx", r"upstream timed out .+ while reading", (Sees.STALL,)),
    Message("kubectl", r"The connection to the server \S+ was refused", (Sees.REFUSED,)),
    Message("Lambda", r"Task timed out after [\d.]+ seconds", TIMES_OUT),
    Message("git", r"Failed to connect to \S+ port \d+.*: (?:Connection|Operation) timed out", (Sees.TIMEOUT,)),
    Message("git", r"Failed to connect to \S+ port \d+.*: Could(?:n't| not) connect to server", NOT_CONNECTED),
    Message("apt", r"Could not connect to \S+:\d+ \(.+\)(?: -|,) connect(?:ion timed out| \(110)", (Sees.TIMEOUT,)),
    Message("apt", r"Unable to connect to \S+:(?:https?|\d+):", NOT_CONNECTED),
    Message("dnf", r"Failed to connect to \S+ port \d+ after \d+ ms: Timeout was reached", (Sees.TIMEOUT,)),
    Message("dnf", r"Curl error \(28\): Timeout was reached", TIMES_OUT),
    Message("mount", r"mount\.nfs4?: (?:Connection|Operation) timed out", (Sees.TIMEOUT,)),
    Message("mount", r"Failed to resolve \"?\S+\"? - check that your file system ID", (Sees.DNS,)),
)
