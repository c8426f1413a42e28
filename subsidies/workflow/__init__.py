"""The roads: a claim, money, a policy, a recovery. Tables of moves as data; services ask them before they write."""
