"""A plugin in Python: nobody drops a column that the warehouse reads.

migguard lint --plugin 'python3 docs/examples/plugins/owners.py'
"""
import json
import sys

READ_BY_THE_WAREHOUSE = {("orders", "customer"), ("orders", "total")}

for line in sys.stdin:
    operation = json.loads(line)
    if operation.get("kind") != "drop_column":
        continue
    if (operation["table"], operation["column"]) not in READ_BY_THE_WAREHOUSE:
        continue
    left = [each["name"] for each in operation["facts"]["columns"]]
    print(json.dumps({
        "id": operation["id"],
        "rule": "team-warehouse-reads-it",
        "message": f"the warehouse reads {operation['table']}.{operation['column']}",
        "why": f"its nightly load names the columns {', '.join(left)}",
        "help": "take the column out of the load first",
    }))
