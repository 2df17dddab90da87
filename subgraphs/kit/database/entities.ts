/** TypeORM's picture of the register views that a ministry reads. None of them is a table that could be written; documents and matters are read by compiled SQL. */
import { Column, PrimaryColumn, ViewEntity } from "typeorm";

@ViewEntity({ name: "person", synchronize: false })
export class PersonRow {
  @PrimaryColumn("text") id!: string;
  @Column("int") label_id!: number;
  @Column("text", { nullable: true }) reference!: string | null;
  @Column("text", { nullable: true }) name!: string | null;
  @Column("text", { nullable: true }) post_ja!: string | null;
  @Column("text", { nullable: true }) post_en!: string | null;
  @Column("text", { nullable: true }) employment!: string | null;
  @Column("text", { nullable: true }) nation!: string | null;
  @Column("text", { nullable: true }) status!: string | null;
  @Column("text", { nullable: true }) org!: string | null;
  @Column("text", { nullable: true }) host_org!: string | null;
}

@ViewEntity({ name: "eligibility", synchronize: false })
export class EligibilityRow {
  @PrimaryColumn("int") id!: number;
  @Column("int") label_id!: number;
  @Column("text") person_id!: string;
  @Column("text") regime!: string;
  @Column("int") max_level!: number;
  @Column("text") basis!: string;
  @Column("text") granted_by!: string;
  @Column("text", { array: true }) usable_at!: string[];
  @Column("text", { nullable: true }) investigation_id!: string | null;
  @Column("text") notified_on!: string;
  @Column("text") valid_until!: string;
  @Column("text") status!: string;
}

@ViewEntity({ name: "former_access", synchronize: false })
export class FormerAccessRow {
  @PrimaryColumn("int") id!: number;
  @Column("int") label_id!: number;
  @Column("text") person_id!: string;
  @Column("text") token!: string;
  @Column("text") from!: string;
  @Column("text") until!: string;
}

@ViewEntity({ name: "assignment", synchronize: false })
export class AssignmentRow {
  @PrimaryColumn("text") subject!: string;
  @PrimaryColumn("text") token!: string;
  @Column("int") label_id!: number;
  @Column("text") matter_id!: string;
  @Column("text", { nullable: true }) person_id!: string | null;
  @Column("text") role!: string;
  @Column("text") from!: string;
  @Column("text") until!: string;
  @Column("text") granted_by!: string;
  @Column("text") reason!: string;
}

export const ENTITIES = [PersonRow, EligibilityRow, FormerAccessRow, AssignmentRow] as const;
