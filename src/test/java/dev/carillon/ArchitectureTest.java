package dev.carillon;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The tree is the architecture: imports go one way, and each library stays in its room. */
@AnalyzeClasses(packages = "dev.carillon", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.carillon.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule IMPORTS_GO_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("config")
            .definedBy("dev.carillon.config..")
            .layer("channel")
            .definedBy("dev.carillon.channel")
            .layer("history")
            .definedBy("dev.carillon.channel.history")
            .layer("presence")
            .definedBy("dev.carillon.presence..")
            .layer("auth")
            .definedBy("dev.carillon.auth..")
            .layer("protocol")
            .definedBy("dev.carillon.protocol..")
            .layer("session")
            .definedBy("dev.carillon.session..")
            .layer("transport")
            .definedBy("dev.carillon.transport..")
            .layer("api")
            .definedBy("dev.carillon.api..")
            .layer("ops")
            .definedBy("dev.carillon.ops..")
            .layer("bus")
            .definedBy("dev.carillon.bus..")
            .layer("cluster")
            .definedBy("dev.carillon.cluster..")
            .layer("demo")
            .definedBy("dev.carillon.demo..")
            .layer("verticle")
            .definedBy("dev.carillon.verticle..")
            .layer("cli")
            .definedBy("dev.carillon.cli..")
            .layer("main")
            .definedBy("dev.carillon")
            .whereLayer("config")
            .mayNotAccessAnyLayer()
            .whereLayer("channel")
            .mayOnlyAccessLayers("config")
            .whereLayer("history")
            .mayOnlyAccessLayers("config", "channel")
            .whereLayer("presence")
            .mayOnlyAccessLayers("config", "channel", "history")
            .whereLayer("auth")
            .mayOnlyAccessLayers("config", "channel", "history")
            .whereLayer("protocol")
            .mayOnlyAccessLayers("channel", "presence")
            .whereLayer("session")
            .mayOnlyAccessLayers("config", "channel", "history", "presence", "auth", "protocol")
            .whereLayer("transport")
            .mayOnlyAccessLayers("config", "channel", "history", "presence", "auth", "protocol", "session")
            .whereLayer("api")
            .mayOnlyAccessLayers("config", "channel", "history", "presence", "auth", "protocol", "session")
            .whereLayer("ops")
            .mayOnlyAccessLayers("config", "channel", "history", "presence", "auth", "protocol", "session")
            .whereLayer("bus")
            .mayOnlyAccessLayers("config", "channel", "history", "presence", "auth", "protocol", "session")
            .whereLayer("cluster")
            .mayOnlyAccessLayers("config", "channel", "history", "presence", "auth", "protocol", "session")
            .whereLayer("demo")
            .mayOnlyAccessLayers("channel", "history", "presence", "bus")
            .whereLayer("demo")
            .mayOnlyBeAccessedByLayers("verticle")
            .whereLayer("verticle")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("cli")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("main")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule HAZELCAST_STAYS_IN_CLUSTER = noClasses()
            .that()
            .resideOutsideOfPackages("dev.carillon.cluster..", "dev.carillon.verticle..", "dev.carillon.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.hazelcast..");

    @ArchTest
    static final ArchRule VERTX_WEB_STAYS_WHERE_HTTP_IS_SPOKEN = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.carillon.transport..", "dev.carillon.api..", "dev.carillon.ops..", "dev.carillon.verticle..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx.ext.web..");

    @ArchTest
    static final ArchRule METERS_STAY_IN_OPS = noClasses()
            .that()
            .resideOutsideOfPackage("dev.carillon.ops..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "io.vertx.micrometer..");

    @ArchTest
    static final ArchRule NOBODY_IS_CALLED_IMPL_OR_MANAGER = classes()
            .should()
            .haveSimpleNameNotEndingWith("Impl")
            .andShould()
            .haveSimpleNameNotEndingWith("Manager")
            .andShould()
            .haveSimpleNameNotEndingWith("Helper")
            .andShould()
            .haveSimpleNameNotEndingWith("Utils");
}
